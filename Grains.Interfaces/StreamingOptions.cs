namespace Bayou.Grains.Interfaces;

/// <summary>
/// What the streaming side of the server can be told: the <c>streaming { }</c> block of a NATS Streaming configuration.
/// Names and defaults are those of nats-streaming-server, but for <see cref="Store"/>, whose default is a file store.
/// </summary>
public sealed record StreamingOptions
{
    /// <summary>The cluster id that clients name when they connect (<c>cluster_id</c>, <c>-cid</c>).</summary>
    public string ClusterId { get; init; } = "test-cluster";

    /// <summary>Prefix of the subject on which clients find the server (<c>discover_prefix</c>).</summary>
    public string DiscoverPrefix { get; init; } = "_STAN.discover";

    /// <summary>Where channels live (<c>store</c>, <c>-st</c>).</summary>
    public StoreKind Store { get; init; } = StoreKind.File;

    /// <summary>Directory of the file store (<c>dir</c>, <c>-dir</c>), relative to the working directory.</summary>
    public string Directory { get; init; } = "bayou-data";

    /// <summary>Channels that may exist at once; 0 for no limit (<c>max_channels</c>).</summary>
    public int MaxChannels { get; init; } = 100;

    /// <summary>The limits of a channel without an entry of its own in <see cref="ChannelLimits"/>.</summary>
    public ChannelLimits Limits { get; init; } = new();

    /// <summary>Limits by channel name or wildcard (<c>store_limits { channels { } }</c>); a missing value is inherited.</summary>
    public IReadOnlyDictionary<string, ChannelLimitsOverride> ChannelLimits { get; init; } =
        new Dictionary<string, ChannelLimitsOverride>(StringComparer.Ordinal);

    /// <summary>
    /// Serve only the channels that <see cref="ChannelLimits"/> names; other servers of the same cluster id have others (<c>partitioning</c>).
    /// </summary>
    public bool IsPartitioned { get; init; }

    /// <summary>How channels are delivered, by channel name or wildcard (<c>bayou { channels { } }</c>). The narrowest entry counts, as a whole.</summary>
    public IReadOnlyDictionary<string, DeliveryPolicy> DeliveryPolicies { get; init; } = new Dictionary<string, DeliveryPolicy>(StringComparer.Ordinal);

    /// <summary>What becomes of a client that connects under the id of another one (<c>bayou { duplicate_clients }</c>). Default <see cref="DuplicateClients.Ask"/>.</summary>
    public DuplicateClients DuplicateClients { get; init; }

    /// <summary>Pause between heartbeats to a client (<c>hb_interval</c>).</summary>
    public TimeSpan HeartbeatInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a client may take to answer a heartbeat (<c>hb_timeout</c>).</summary>
    public TimeSpan HeartbeatTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Heartbeats in a row that may fail; one more closes the client (<c>hb_fail_count</c>).</summary>
    public int HeartbeatFailCount { get; init; } = 10;

    /// <summary>Whether a subscription under the name of an active durable replaces it instead of being refused.</summary>
    public bool ReplaceDurable { get; init; }

    /// <summary>
    /// How long a client's request may wait for the cluster before it fails (<c>bayou { request_timeout }</c>). Longer than a failover, a takeover of a
    /// session and a lease. Default ten seconds.
    /// </summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long a server may reach no majority of its cluster before its streaming side withdraws (<c>bayou { majority_timeout }</c>), counted in tenths
    /// of a second. Default two seconds, as long as a publish waits for one.
    /// </summary>
    public TimeSpan MajorityTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Log the streaming server's decisions (<c>-SD</c>).</summary>
    public bool Debug { get; init; }

    /// <summary>Log the streaming server's messages (<c>-SV</c>).</summary>
    public bool Trace { get; init; }
}
