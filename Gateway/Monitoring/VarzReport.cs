namespace Bayou.Gateway.Monitoring;

/// <summary>The content of <c>/varz</c>. Durations are nanoseconds where nats-server has it so.</summary>
internal sealed record VarzReport
{
    public required string ServerId { get; init; }
    public required string ServerName { get; init; }
    public required string Version { get; init; }
    public required string BayouVersion { get; init; }
    public int Proto { get; init; } = 1;
    public required string Go { get; init; }
    public required string Host { get; init; }
    public int Port { get; init; }
    public bool? AuthRequired { get; init; }
    public bool? TlsRequired { get; init; }
    public bool? TlsVerify { get; init; }
    public IReadOnlyList<string>? ConnectUrls { get; init; }
    public int MaxConnections { get; init; }
    public int? MaxSubscriptions { get; init; }
    public long PingInterval { get; init; }
    public int PingMax { get; init; }
    public required string HttpHost { get; init; }
    public int HttpPort { get; init; }
    public string HttpBasePath { get; init; } = "";
    public int HttpsPort { get; init; }
    public double AuthTimeout { get; init; }
    public int MaxControlLine { get; init; }
    public int MaxPayload { get; init; }
    public long MaxPending { get; init; }
    public ClusterReport Cluster { get; init; } = new();
    public EmptySection Gateway { get; init; } = EmptySection.Instance;
    public EmptySection Leaf { get; init; } = EmptySection.Instance;
    public EmptySection Mqtt { get; init; } = EmptySection.Instance;
    public EmptySection Websocket { get; init; } = EmptySection.Instance;
    public EmptySection Jetstream { get; init; } = EmptySection.Instance;
    public double TlsTimeout { get; init; }
    public long WriteDeadline { get; init; }
    public required string Start { get; init; }
    public required string Now { get; init; }
    public required string Uptime { get; init; }
    public long Mem { get; init; }
    public int Cores { get; init; }
    public int Gomaxprocs { get; init; }
    public double Cpu { get; init; }
    public int Connections { get; init; }
    public long TotalConnections { get; init; }
    public int Routes { get; init; }
    public int Remotes { get; init; }
    public int Leafnodes { get; init; }
    public long InMsgs { get; init; }
    public long OutMsgs { get; init; }
    public long InBytes { get; init; }
    public long OutBytes { get; init; }
    public long SlowConsumers { get; init; }
    public long StaleConnections { get; init; }
    public int Subscriptions { get; init; }
    public required IReadOnlyDictionary<string, long> HttpReqStats { get; init; }
    public required string ConfigLoadTime { get; init; }
    public string SystemAccount { get; init; } = "$SYS";

    /// <summary>A part of nats-server that is not there or not configured: <c>{}</c>.</summary>
    internal sealed class EmptySection
    {
        public static readonly EmptySection Instance = new();
    }
}
