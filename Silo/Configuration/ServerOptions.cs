using Bayou.Gateway;
using Bayou.Gateway.Routes;
using Bayou.Grains.Interfaces;
using Bayou.Silo.Logging;

namespace Bayou.Silo.Configuration;

/// <summary>Everything that this process was told: files, appsettings, environment and command line laid over the defaults.</summary>
public sealed record ServerOptions
{
    /// <summary>The NATS side.</summary>
    public GatewayOptions Gateway { get; init; } = new();

    /// <summary>How the server joins others, if it does.</summary>
    public ClusterOptions Cluster { get; init; } = new();

    /// <summary>Port for other servers, 0 for any; null for a server that is alone.</summary>
    public int? ClusterPort { get; init; }

    /// <summary>The streaming side.</summary>
    public StreamingOptions Streaming { get; init; } = new();

    /// <summary>This server's part in a cluster of streaming servers; null for a server alone (<c>streaming { cluster { } }</c>).</summary>
    public PeerOptions? Peers { get; init; }

    /// <summary>Replicas of a new channel, as far as there are servers (<c>bayou { replicas }</c>): 1, 3 or 5. Default 3.</summary>
    public int Replicas { get; init; } = 3;

    /// <summary>Port for the links between the servers of a cluster (<c>bayou { peer_port }</c>). Default 0: any free one; the routes tell the others.</summary>
    public int PeerPort { get; init; }

    /// <summary>
    /// How often everything on disk is read and checked, at 8 MiB a second, the first time an hour after the start
    /// (<c>bayou { scrub_interval }</c>). Default seven days; 0 for never.
    /// </summary>
    public TimeSpan ScrubInterval { get; init; } = TimeSpan.FromDays(7);

    /// <summary>Where metrics are sent.</summary>
    public TelemetryOptions Telemetry { get; init; } = new();

    /// <summary>What is logged, and where.</summary>
    public LoggingOptions Logging { get; init; } = new();

    /// <summary>File that receives the process id; null for none (<c>pidfile</c>, <c>-P</c>).</summary>
    public string? PidFile { get; init; }

    /// <summary>The configuration file of the NATS side, as named on the command line; null for none.</summary>
    public string? ConfigFile { get; init; }

    /// <summary>The configuration file of the streaming side; the same as <see cref="ConfigFile"/> where one serves both.</summary>
    public string? StreamingConfigFile { get; init; }

    /// <summary>
    /// Start although the configuration asks for protection (TLS, users, accounts, encryption) that is not available yet
    /// (<c>bayou { allow_unprotected: true }</c>). Default false: such a configuration is refused.
    /// </summary>
    public bool AllowUnprotected { get; init; }
}
