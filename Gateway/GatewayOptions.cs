using System.Net;
using Bayou.Gateway.Authorization;
using Bayou.Gateway.Routes;
using Bayou.Gateway.Tls;

namespace Bayou.Gateway;

/// <summary>
/// What the NATS side of the server can be told. Names, units and defaults are those of nats-server's configuration
/// (<c>max_payload</c> is <see cref="MaxPayloadBytes"/>, and so on), so that an operator's file means the same here.
/// </summary>
public sealed record GatewayOptions
{
    private const int SocketsForOthers = 32;

    private readonly TimeSpan? _authTimeout;

    /// <summary>Address to listen on for clients. Default: every interface.</summary>
    public IPAddress Host { get; init; } = IPAddress.Any;

    /// <summary>Port for clients; 0 lets the system choose one. Default 4222.</summary>
    public int Port { get; init; } = 4222;

    /// <summary>Name shown in INFO and monitoring; the server's id where none is given.</summary>
    public string? ServerName { get; init; }

    /// <summary><c>host:port</c> that other servers and clients should be told instead of the listening address.</summary>
    public string? ClientAdvertise { get; init; }

    /// <summary>Port of the monitoring pages; null for none, 0 lets the system choose one.</summary>
    public int? MonitoringPort { get; init; }

    /// <summary>
    /// The cluster may be changed over the monitoring port from other machines, by those who give <see cref="User"/> and
    /// <see cref="Password"/>, <see cref="AuthToken"/>, or one of <see cref="Users"/> that may do everything
    /// (<c>bayou { remote_admin: true }</c>). Default false: from this machine only.
    /// </summary>
    public bool AllowRemoteAdministration { get; init; }

    /// <summary>Address of the monitoring pages; the client address where none is given.</summary>
    public IPAddress? MonitoringHost { get; init; }

    /// <summary>
    /// Where Orleans' dashboard is (<c>bayou { dashboard }</c>); null for none, the default. Anywhere but on a loopback address it needs
    /// <see cref="User"/>, <see cref="AuthToken"/>, or one of <see cref="Users"/> that may do everything. Port 0 lets the system choose one.
    /// </summary>
    public IPEndPoint? Dashboard { get; init; }

    /// <summary>Longest control line after the verb, in bytes. Default 4096.</summary>
    public int MaxControlLineBytes { get; init; } = 4096;

    /// <summary>Largest payload with its headers, in bytes; at most <see cref="MaxPendingBytes"/>. Default 1 MiB.</summary>
    public int MaxPayloadBytes { get; init; } = 1024 * 1024;

    /// <summary>Bytes that may wait to be written to one client before it counts as a slow consumer. Default 64 MiB.</summary>
    public long MaxPendingBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>Clients connected at once; negative refuses all. Default 65,536.</summary>
    public int MaxConnections { get; init; } = 64 * 1024;

    /// <summary>
    /// Connections that are accepted at once, those of browsers and other servers included; more wait until one ends. Default: no limit.
    /// <c>bayou</c> sets it by the number of files that the process may have open.
    /// </summary>
    public int MaxSockets { get; init; } = int.MaxValue;

    /// <summary>Clients that are let in at once. They leave some room for the other servers and for whoever wants to look what is wrong.</summary>
    internal int MaxClients => Math.Clamp(MaxConnections, 0, MaxSockets - Math.Min(SocketsForOthers, MaxSockets / 4));

    /// <summary>Subscriptions per connection; 0 for no limit.</summary>
    public int MaxSubscriptions { get; init; }

    /// <summary>Tokens in a subscription's subject; 0 for no limit.</summary>
    public int MaxSubscriptionTokens { get; init; }

    /// <summary>Pause between the server's PINGs to a silent client. Default 2 minutes.</summary>
    public TimeSpan PingInterval { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>PINGs that may stay unanswered. Default 2.</summary>
    public int MaxPingsOut { get; init; } = 2;

    /// <summary>How long one write to a client may take before it counts as a slow consumer. Default 10 seconds.</summary>
    public TimeSpan WriteDeadline { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Time a client has to send CONNECT where authorization is configured. Default 2 seconds; with TLS, the time for the handshake and a second.</summary>
    public TimeSpan AuthTimeout
    {
        get => _authTimeout ?? (Tls is { } tls ? tls.Timeout + TimeSpan.FromSeconds(1) : TimeSpan.FromSeconds(2));
        init => _authTimeout = value;
    }

    /// <summary>Closed connections that <c>/connz?state=closed</c> remembers. Default 10,000.</summary>
    public int MaxClosedClients { get; init; } = 10_000;

    /// <summary>User name that clients must give; null for no authorization by user.</summary>
    public string? User { get; init; }

    /// <summary>Password of <see cref="User"/>, plain or bcrypt.</summary>
    public string? Password { get; init; }

    /// <summary>Token that clients must give; null for none.</summary>
    public string? AuthToken { get; init; }

    /// <summary>
    /// The users that clients may be, each with what it may do; empty for one user, a token, or no authorization. Excludes
    /// <see cref="User"/> and <see cref="AuthToken"/>.
    /// </summary>
    public IReadOnlyList<GatewayUser> Users { get; init; } = [];

    /// <summary>Whether clients must give credentials.</summary>
    public bool IsLoginRequired => User is not null || AuthToken is not null || Users.Count > 0;

    /// <summary>How clients' connections are encrypted; null for not at all.</summary>
    public TlsOptions? Tls { get; init; }

    /// <summary>How it joins other servers; null for a server that is alone.</summary>
    public ClusterOptions? Cluster { get; init; }

    /// <summary>Time over which clients are sent away when the server is told to leave. Default 2 minutes.</summary>
    public TimeSpan LameDuckDuration { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Time before the first is sent away, for other servers to be told to leave as well; part of <see cref="LameDuckDuration"/>. Default 10 seconds.</summary>
    public TimeSpan LameDuckGracePeriod { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Log every protocol line (<c>-V</c>), at level trace. Default false; off, it costs nothing.</summary>
    public bool Trace { get; init; }

    /// <summary>Bytes of a payload that are logged where <see cref="Trace"/> is on; 0 for all of them.</summary>
    public int MaxTracedMessageBytes { get; init; }
}
