using System.Text.Json;
using System.Text.Json.Serialization;

namespace Bayou.Gateway.Protocol;

/// <summary>What the server tells a client about itself: the JSON of INFO.</summary>
public sealed record ServerInfo
{
    [JsonPropertyName("server_id")]
    public required string ServerId { get; init; }

    [JsonPropertyName("server_name")]
    public required string ServerName { get; init; }

    /// <summary>The version of nats-server whose behaviour this one has; clients switch features on it.</summary>
    [JsonPropertyName("version")]
    public required string Version { get; init; }

    /// <summary>This server's own version.</summary>
    [JsonPropertyName("bayou_version")]
    public required string BayouVersion { get; init; }

    [JsonPropertyName("proto")]
    public int Protocol { get; init; } = 1;

    [JsonPropertyName("go")]
    public required string Runtime { get; init; }

    [JsonPropertyName("host")]
    public required string Host { get; init; }

    [JsonPropertyName("port")]
    public int Port { get; init; }

    [JsonPropertyName("headers")]
    public bool Headers { get; init; } = true;

    [JsonPropertyName("auth_required"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool AuthRequired { get; init; }

    /// <summary>A TLS handshake is to follow.</summary>
    [JsonPropertyName("tls_required"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool TlsRequired { get; init; }

    /// <summary>A client needs a certificate.</summary>
    [JsonPropertyName("tls_verify"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool TlsVerify { get; init; }

    [JsonPropertyName("max_payload")]
    public int MaxPayloadBytes { get; init; }

    [JsonPropertyName("client_id")]
    public ulong ClientId { get; init; }

    [JsonPropertyName("client_ip")]
    public string? ClientIp { get; init; }

    /// <summary>What a client with a key is to sign; null where none has one.</summary>
    [JsonPropertyName("nonce"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Nonce { get; init; }

    /// <summary>Name of the cluster; null where there is none.</summary>
    [JsonPropertyName("cluster"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Cluster { get; init; }

    [JsonPropertyName("cluster_dynamic"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool IsClusterDynamic { get; init; }

    /// <summary>Where else a client may connect; null where it is not told.</summary>
    [JsonPropertyName("connect_urls"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? ConnectUrls { get; init; }

    [JsonPropertyName("ldm"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool IsLameDuck { get; init; }

    /// <summary>The whole line, ready to send.</summary>
    public byte[] ToLine() => [.. "INFO "u8, .. JsonSerializer.SerializeToUtf8Bytes(this, ServerInfoJson.Default.ServerInfo), .. " \r\n"u8];
}
