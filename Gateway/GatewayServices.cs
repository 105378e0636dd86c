using Bayou.Gateway.Authorization;
using Bayou.Gateway.Connections;
using Bayou.Gateway.Monitoring;
using Bayou.Gateway.Routes;
using Bayou.Gateway.Routing;
using Bayou.Gateway.Tls;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Bayou.Gateway;

/// <summary>Adds the NATS server to an ASP.NET host.</summary>
public static class GatewayServices
{
    /// <summary>
    /// Adds the server and its listening addresses: for clients, and where they are configured for monitoring and for other servers.
    /// Map the pages with <see cref="MonitoringEndpoints.MapMonitoring"/>.
    /// </summary>
    public static IServiceCollection AddGateway(this IServiceCollection services, GatewayOptions options)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(options);
        services.TryAddSingleton<CurrentSettings>();
        services.TryAddSingleton(provider => new ServerIdentity(options.ServerName, provider.GetRequiredService<TimeProvider>().GetUtcNow()));
        services.TryAddSingleton(new ConnectionRegistry(options.MaxClosedClients));
        services.TryAddSingleton<PasswordChecks>();
        services.TryAddSingleton(provider => new ClientUrls(provider.GetRequiredService<AdvertisedAddresses>().FindClientUrls));
        services.TryAddSingleton(CreateDescription);
        services.TryAddSingleton(CreateConnectionServices);
        services.TryAddSingleton<ClientConnectionHandler>();
        services.TryAddSingleton(CreateLameDuck);
        services.TryAddSingleton(CreateReload);
        services.AddMonitoringPages();
        AddListeners(services, options);
        if (options.Cluster is { } cluster) AddCluster(services, cluster);
        else services.TryAddSingleton<SubjectRouter>();
        return services;
    }

    private static void AddListeners(IServiceCollection services, GatewayOptions options)
    {
        ConfiguredEndpoints endpoints = ConfiguredEndpoints.Of(options);
        var room = new ConnectionRoom(options.MaxSockets);
        services.TryAddSingleton(endpoints);
        services.TryAddSingleton(room);
        services.TryAddSingleton<SocketTransportFactory>();
        services.TryAddSingleton<GatewayListeners>();
        services.AddSingleton<IConnectionListenerFactory>(static provider => provider.GetRequiredService<GatewayListeners>());
        services.TryAddSingleton(static provider => new GatewayEndpoints(provider.GetRequiredService<GatewayListeners>(), provider.GetRequiredService<ConfiguredEndpoints>()));
        services.TryAddSingleton(provider => new AdvertisedAddresses(options, provider.GetRequiredService<GatewayEndpoints>()));
        services.AddSingleton<IMemoryPoolFactory<byte>, ReceiveBufferPoolFactory>();
        services.Configure<SocketTransportOptions>(ConfigureTransport);
        services.Configure<KestrelServerOptions>(kestrel => ConfigureListeners(kestrel, endpoints, options.Tls, room));
    }

    private static void AddCluster(IServiceCollection services, ClusterOptions options)
    {
        services.TryAddSingleton(options);
        services.TryAddSingleton<LocalInterest>();
        services.TryAddSingleton(static provider => new SubjectRouter(provider.GetRequiredService<LocalInterest>()));
        services.TryAddSingleton(CreateMesh);
        services.TryAddSingleton<RouteAuthenticator>();
        services.TryAddSingleton<RouteConnectionFactory>();
        services.TryAddSingleton<RouteConnectionHandler>();
        services.TryAddSingleton<RouteDialer>();
        services.AddHostedService<RouteServer>();
    }

    private static RouteMesh CreateMesh(IServiceProvider provider) => new(
        provider.GetRequiredService<CurrentSettings>(),
        provider.GetRequiredService<ClusterOptions>(),
        provider.GetRequiredService<ServerIdentity>(),
        provider.GetRequiredService<AdvertisedAddresses>(),
        provider.GetRequiredService<LocalInterest>(),
        provider.GetRequiredService<ClientUrls>(),
        provider.GetService<IRouteInfoExtension>(),
        provider.GetRequiredService<ILogger<RouteMesh>>());

    private static ServerDescription CreateDescription(IServiceProvider provider) => new(
        provider.GetRequiredService<CurrentSettings>(),
        provider.GetRequiredService<ServerIdentity>(),
        provider.GetRequiredService<AdvertisedAddresses>(),
        provider.GetRequiredService<ConnectionRegistry>(),
        provider.GetRequiredService<ClientUrls>(),
        provider.GetService<RouteMesh>());

    private static ConnectionServices CreateConnectionServices(IServiceProvider provider) => new(
        provider.GetRequiredService<CurrentSettings>(),
        provider.GetRequiredService<SubjectRouter>(),
        provider.GetRequiredService<ConnectionRegistry>(),
        provider.GetRequiredService<PasswordChecks>(),
        provider.GetRequiredService<ServerDescription>(),
        provider.GetRequiredService<TimeProvider>(),
        provider.GetRequiredService<ILogger<ClientConnection>>());

    private static LameDuck CreateLameDuck(IServiceProvider provider) => new(
        provider.GetRequiredService<CurrentSettings>(),
        provider.GetRequiredService<GatewayListeners>(),
        provider.GetRequiredService<ConnectionRegistry>(),
        provider.GetRequiredService<ServerDescription>(),
        provider.GetService<RouteMesh>(),
        provider.GetRequiredService<IHostApplicationLifetime>(),
        provider.GetRequiredService<TimeProvider>(),
        provider.GetRequiredService<ILogger<LameDuck>>());

    private static GatewayReload CreateReload(IServiceProvider provider) => new(
        provider.GetRequiredService<CurrentSettings>(),
        provider.GetRequiredService<ConnectionRegistry>(),
        provider.GetRequiredService<TimeProvider>(),
        provider.GetRequiredService<ILogger<GatewayReload>>());

    /// <summary>A read loop does not block, so it may run where the bytes arrive; that saves a change of thread per read.</summary>
    private static void ConfigureTransport(SocketTransportOptions transport) => transport.UnsafePreferInlineScheduling = true;

    private static void ConfigureListeners(KestrelServerOptions kestrel, ConfiguredEndpoints endpoints, TlsOptions? tls, ConnectionRoom room)
    {
        kestrel.Listen(endpoints.Client, client =>
        {
            client.Use(room.Hold);
            if (tls is not null) client.UseTlsAfterInfo(tls);
            client.UseConnectionHandler<ClientConnectionHandler>();
        });
        if (endpoints.Monitoring is { } monitoring) kestrel.Listen(monitoring, page => page.Use(room.Hold));
        if (endpoints.Cluster is { } cluster) kestrel.Listen(cluster, route => route.Use(room.Hold).UseConnectionHandler<RouteConnectionHandler>());
        if (endpoints.Dashboard is { } dashboard) kestrel.Listen(dashboard, page => page.Use(room.Hold).Use(DashboardConnection.Mark));
    }
}
