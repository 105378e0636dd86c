using System.Diagnostics.Metrics;
using Bayou.Grains.Administration;
using Bayou.Grains.Gateways;
using Bayou.Grains.Interfaces;
using Bayou.Grains.Metadata;
using Bayou.Grains.Monitoring;
using Bayou.Grains.Placement;
using Bayou.Grains.Replication;
using Bayou.Grains.Replication.Peers;
using Bayou.Grains.Sessions;
using Bayou.Grains.Subscriptions;
using Bayou.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Runtime.Hosting;

namespace Bayou.Grains;

/// <summary>Registers what the grains need.</summary>
public static class GrainServices
{
    /// <summary>
    /// Adds the replica host over <paramref name="openStore"/> and the grain storage in the metadata group.
    /// <paramref name="fail"/> is called when this process must not go on; it does not return in the server. The network to other
    /// silos is a registered <see cref="IPeerNetwork"/>; a server alone has none.
    /// </summary>
    public static IServiceCollection AddBayouGrains(
        this IServiceCollection services,
        StreamingOptions options,
        ReplicationOptions replication,
        ClusterSettings cluster,
        Func<IServiceProvider, SiloStore> openStore,
        Action<Exception> fail)
    {
        services.AddSingleton(options);
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(openStore);
        services.AddSingleton(provider => new ReplicaHost(
            provider.GetRequiredService<SiloStore>(),
            options,
            replication,
            cluster,
            ReplicaEnvironment.Of(provider.GetService<IPeerNetwork>(), provider.GetRequiredService<TimeProvider>()),
            provider.GetRequiredService<ILogger<ReplicaHost>>(),
            fail));
        services.AddSingleton<ILocalChannels>(provider => provider.GetRequiredService<ReplicaHost>());
        services.AddSingleton<GatewayDirectory>();
        services.AddSingleton<SessionDirectory>();
        services.AddSingleton<SessionRecovery>();
        services.AddSingleton<SessionCount>();
        services.AddSingleton<IDeliveryPort, GatewayPort>();
        services.AddSingleton<Deliveries>();
        services.AddSingleton<SiloDirectory>();
        services.AddSingleton<ChannelReader>();
        services.AddSingleton<ReplicaReader>();
        services.AddSingleton<SiloCalls>();
        services.AddSingleton(static provider => new GrainMetrics(
            provider.GetRequiredService<IMeterFactory>(), provider.GetRequiredService<ReplicaHost>(), provider.GetRequiredService<SessionCount>()));
        services.AddSingleton<IClusterAdministration, ClusterAdministration>();
        services.AddSingleton<IChannelAdministration, ChannelAdministration>();
        services.AddPlacementDirector<LeaderPlacement, LeaderPlacementDirector>();
        services.AddPlacementDirector<NamedSiloPlacement, NamedSiloPlacementDirector>();
        services.AddGrainStorage(
            MetadataGrainStorage.ProviderName,
            static (provider, _) => ActivatorUtilities.CreateInstance<MetadataGrainStorage>(provider));
        return services;
    }
}
