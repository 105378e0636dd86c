using System.Text.Json;
using System.Text.Json.Serialization;
using Bayou.Gateway.Protocol;

namespace Bayou.Gateway.Routes;

/// <summary>How the server that dialed logs in: the JSON of CONNECT on a route.</summary>
internal sealed record RouteConnect
{
    [JsonPropertyName("echo")]
    public bool Echo { get; init; } = true;

    [JsonPropertyName("verbose")]
    public bool Verbose { get; init; }

    [JsonPropertyName("pedantic")]
    public bool Pedantic { get; init; }

    [JsonPropertyName("user")]
    public string? User { get; init; }

    [JsonPropertyName("pass")]
    public string? Password { get; init; }

    [JsonPropertyName("tls_required")]
    public bool TlsRequired { get; init; }

    [JsonPropertyName("headers")]
    public bool Headers { get; init; }

    /// <summary>The server's id.</summary>
    [JsonPropertyName("name")]
    public string? Name { get; init; }

    [JsonPropertyName("cluster")]
    public string? Cluster { get; init; }

    /// <inheritdoc cref="RouteInfo.IsClusterDynamic"/>
    [JsonPropertyName("cluster_dynamic"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool IsClusterDynamic { get; init; }

    /// <summary>What a client names and a server does not: a client with the wrong port.</summary>
    [JsonPropertyName("lang")]
    public string? Language { get; init; }

    public byte[] ToLine() => [.. "CONNECT "u8, .. JsonSerializer.SerializeToUtf8Bytes(this, RouteJson.Default.RouteConnect), .. "\r\n"u8];

    public static ProtocolError TryRead(ReadOnlySpan<byte> json, out RouteConnect connect)
    {
        connect = new RouteConnect();
        try
        {
            if (JsonSerializer.Deserialize(json, RouteJson.Default.RouteConnect) is not { } read) return ProtocolError.BadArguments;
            connect = read;
            return ProtocolError.None;
        }
        catch (JsonException)
        {
            return ProtocolError.BadArguments;
        }
    }
}
