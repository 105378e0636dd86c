using System.Text.Json;
using System.Text.Json.Serialization;
using Bayou.Gateway.Protocol;

namespace Bayou.Gateway.Routes;

/// <summary>
/// What a server tells another about itself over a route, or about a third one that it has met: the JSON of INFO. Fields that stand
/// for what is not there (pools, compression, leaf nodes) are left out, which a server of any version takes for an old one.
/// </summary>
internal sealed record RouteInfo
{
    /// <summary>The level at which interest names an account.</summary>
    public const int AccountProtocol = 2;

    [JsonPropertyName("server_id")]
    public string ServerId { get; init; } = "";

    [JsonPropertyName("server_name")]
    public string ServerName { get; init; } = "";

    [JsonPropertyName("version")]
    public string Version { get; init; } = "";

    [JsonPropertyName("proto")]
    public int Protocol { get; init; }

    [JsonPropertyName("go")]
    public string? Runtime { get; init; }

    [JsonPropertyName("host")]
    public string Host { get; init; } = "";

    [JsonPropertyName("port")]
    public int Port { get; init; }

    [JsonPropertyName("headers")]
    public bool Headers { get; init; }

    [JsonPropertyName("auth_required"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool AuthRequired { get; init; }

    [JsonPropertyName("tls_required"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool TlsRequired { get; init; }

    [JsonPropertyName("max_payload")]
    public long MaxPayloadBytes { get; init; }

    /// <summary>URL to dial, where it is not that of <see cref="Host"/> and <see cref="Port"/>.</summary>
    [JsonPropertyName("ip")]
    public string? Ip { get; init; }

    [JsonPropertyName("cluster")]
    public string? Cluster { get; init; }

    /// <summary>Whether the name of the cluster was not configured, and gives way to one that was.</summary>
    [JsonPropertyName("cluster_dynamic"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool IsClusterDynamic { get; init; }

    /// <summary>Where clients connect; null where they are not to be told.</summary>
    [JsonPropertyName("connect_urls")]
    public IReadOnlyList<string>? ConnectUrls { get; init; }

    [JsonPropertyName("ldm"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool IsLameDuck { get; init; }

    /// <summary>What only Bayou servers understand; null for any other server. See <see cref="IRouteInfoExtension"/>.</summary>
    [JsonPropertyName("bayou")]
    public JsonElement? Bayou { get; init; }

    public byte[] ToLine() => [.. "INFO "u8, .. JsonSerializer.SerializeToUtf8Bytes(this, RouteJson.Default.RouteInfo), .. " \r\n"u8];

    public static ProtocolError TryRead(ReadOnlySpan<byte> json, out RouteInfo info)
    {
        info = new RouteInfo();
        try
        {
            if (JsonSerializer.Deserialize(json, RouteJson.Default.RouteInfo) is not { } read) return ProtocolError.BadArguments;
            info = read;
            return ProtocolError.None;
        }
        catch (JsonException)
        {
            return ProtocolError.BadArguments;
        }
    }
}
