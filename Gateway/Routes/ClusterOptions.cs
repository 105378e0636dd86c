using System.Net;

namespace Bayou.Gateway.Routes;

/// <summary>How this server joins others to one cluster of NATS servers. Names and defaults are those of nats-server's <c>cluster</c> block.</summary>
public sealed record ClusterOptions
{
    /// <summary>Name that all servers of the cluster share; null for one that they agree upon.</summary>
    public string? Name { get; init; }

    /// <summary>Address to listen on for routes. Default: every interface.</summary>
    public IPAddress Host { get; init; } = IPAddress.Any;

    /// <summary>Port for routes; 0 lets the system choose one.</summary>
    public int Port { get; init; }

    /// <summary>Servers to connect to, for ever. The others are learnt from them.</summary>
    public IReadOnlyList<RouteUrl> Routes { get; init; } = [];

    /// <summary><c>host:port</c> that other servers are told to dial instead of the listening address; null for that.</summary>
    public string? Advertise { get; init; }

    /// <summary>Whether clients are told of no server but this one, and other servers not where this one's clients connect.</summary>
    public bool NoAdvertise { get; init; }

    /// <summary>User that a server must give that dials this one; null for none.</summary>
    public string? User { get; init; }

    /// <summary>Password of <see cref="User"/>, plain or bcrypt.</summary>
    public string? Password { get; init; }

    /// <summary>Time a server has to log in. Default 2 seconds.</summary>
    public TimeSpan AuthTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How often a server that was only heard of is tried again. Default 0: once is enough, it will dial itself.</summary>
    public int ConnectRetries { get; init; }
}
