using System.Net;
using Bayou.Gateway;
using Bayou.Gateway.Routes;
using Bayou.Grains.Metadata;
using Bayou.Grains.Replication;
using Bayou.Grains.Replication.Links;
using Bayou.Grains.Replication.Peers;
using Bayou.Silo.Configuration;
using Bayou.Silo.Logging;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;

namespace Bayou.Silo.Clustering;

/// <summary>What makes a server one of several: links between the replicas, and Orleans on a membership table that they replicate.</summary>
internal static class ClusterServices
{
    /// <summary>
    /// A process that is gone is reported by the links at once, and consensus moves on without Orleans; its probes are for silos that hang.
    /// They are patient, since a silo that is declared dead has to stop, and a machine may be short of processor time for a while.
    /// </summary>
    private static readonly TimeSpan ProbeTimeout = TimeSpan.FromSeconds(2);

    private const int MissedProbes = 3;

    /// <summary>One that was cut off and declared dead learns so within this time after it is back.</summary>
    private static readonly TimeSpan RefreshInterval = TimeSpan.FromSeconds(5);

    /// <summary>After the loss of all silos the first one back believes the others dead after three of these.</summary>
    private static readonly TimeSpan AliveInterval = TimeSpan.FromSeconds(1);

    /// <summary>Longer than any failover should take: a call to a mute silo must not hold its caller for long.</summary>
    private static readonly TimeSpan ResponseTimeout = TimeSpan.FromSeconds(10);

    /// <summary>This server among its peers, for the replica host.</summary>
    public static ClusterSettings SettingsOf(ServerOptions options) => options.Peers is { } peers
        ? new ClusterSettings
        {
            Name = peers.NodeId,
            Peers = peers.Peers,
            MayFound = peers.Bootstrap || peers.Peers.Count > 0,
            StreamingId = options.Streaming.ClusterId,
        }
        : ClusterSettings.Alone with { StreamingId = options.Streaming.ClusterId };

    /// <summary>Adds the links, and tells the other servers of them over the routes.</summary>
    public static IServiceCollection AddPeers(this IServiceCollection services, ServerOptions options)
    {
        services.AddSingleton(provider => new PeerLinks(
            new LinkOptions
            {
                ClusterId = options.Streaming.ClusterId,
                Name = options.Peers!.NodeId,
                Listen = new IPEndPoint(ListenAddress(options), options.PeerPort),
            },
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<PeerLinks>>()));
        services.AddSingleton<IPeerNetwork>(provider => provider.GetRequiredService<PeerLinks>());
        services.AddSingleton<IRouteInfoExtension>(provider => new PeerAnnouncer(
            options.Peers!.NodeId,
            options.Streaming.ClusterId,
            provider.GetRequiredService<PeerLinks>(),
            provider.GetRequiredService<ReplicaHost>(),
            provider.GetRequiredService<ServerIdentity>(),
            Leave(provider),
            provider.GetRequiredService<ILogger<PeerAnnouncer>>()));
        return services;
    }

    /// <summary>Has Orleans keep its membership in the metadata group, under the names by which the peers know each other.</summary>
    public static void UseMetadataClustering(this ISiloBuilder silo, ServerOptions options, int siloPort)
    {
        silo.Services.AddSingleton<IMembershipTable, MetadataMembershipTable>();
        silo.Services.AddSingleton<IFatalErrorHandler, DefunctSilo>();
        silo.Configure<Orleans.Configuration.ClusterOptions>(cluster =>
        {
            cluster.ClusterId = options.Streaming.ClusterId;
            cluster.ServiceId = "bayou";
        });
        silo.Configure<SiloOptions>(named => named.SiloName = options.Peers!.NodeId);
        silo.Configure<EndpointOptions>(endpoint =>
        {
            endpoint.AdvertisedIPAddress = options.Gateway.Cluster is { } cluster ? AdvertisedAddress.Find(cluster) : IPAddress.Loopback;
            endpoint.SiloPort = siloPort;
            endpoint.SiloListeningEndpoint = new IPEndPoint(ListenAddress(options), siloPort);
        });
        silo.Configure<ClusterMembershipOptions>(membership =>
        {
            membership.ProbeTimeout = ProbeTimeout;
            membership.MaxProbeTimeout = ProbeTimeout;
            membership.NumMissedProbesLimit = MissedProbes;
            membership.NumVotesForDeathDeclaration = 2;
            membership.IAmAliveTablePublishTimeout = AliveInterval;
            membership.TableRefreshTimeout = RefreshInterval;

            // It is judged by wall clocks, and one that is off must keep nobody out.
            membership.EvictWhenMaxJoinAttemptTimeExceeded = false;
        });
        silo.Configure<SiloMessagingOptions>(messaging => messaging.ResponseTimeout = ResponseTimeout);
    }

    private static IPAddress ListenAddress(ServerOptions options) => options.Gateway.Cluster?.Host ?? IPAddress.Loopback;

    /// <summary>What ends the process because it must not run beside others; takes the reason.</summary>
    public static Action<string> Leave(IServiceProvider provider) => reason =>
    {
        ServerLog.CannotRun(provider.GetRequiredService<ILoggerFactory>().CreateLogger(ServerHost.LogCategory), reason);

        provider.FlushLogs();
        Environment.Exit(1);
    };
}
