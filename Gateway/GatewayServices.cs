using Bayou.Gateway.Connections;
using Bayou.Gateway.Monitoring;
using Bayou.Gateway.Routing;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace Bayou.Gateway;

/// <summary>Adds the NATS server to an ASP.NET host.</summary>
public static class GatewayServices
{
    /// <summary>
    /// Adds the server and its listening addresses: clients first, monitoring second where it is configured. Map the pages with
    /// <see cref="MonitoringEndpoints.MapMonitoring"/>.
    /// </summary>
    public static IServiceCollection AddGateway(this IServiceCollection services, GatewayOptions options)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(options);
        services.TryAddSingleton<SubjectRouter>();
        services.TryAddSingleton(provider => new ServerIdentity(options.ServerName, provider.GetRequiredService<TimeProvider>().GetUtcNow()));
        services.TryAddSingleton(new ConnectionRegistry(options.MaxClosedClients));
        services.TryAddSingleton(provider => new ConnectionServices(
            options,
            provider.GetRequiredService<ServerIdentity>(),
            provider.GetRequiredService<SubjectRouter>(),
            provider.GetRequiredService<ConnectionRegistry>(),
            new Authenticator(options),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<ClientConnection>>()));
        services.TryAddSingleton<ClientConnectionHandler>();
        services.TryAddSingleton<GatewayEndpoints>();
        services.AddMonitoringPages();
        services.AddSingleton<IMemoryPoolFactory<byte>, ReceiveBufferPoolFactory>();
        services.Configure<SocketTransportOptions>(ConfigureTransport);
        services.Configure<KestrelServerOptions>(kestrel => ConfigureListeners(kestrel, options));
        return services;
    }

    /// <summary>A read loop does not block, so it may run where the bytes arrive; that saves a change of thread per read.</summary>
    private static void ConfigureTransport(SocketTransportOptions transport) => transport.UnsafePreferInlineScheduling = true;

    private static void ConfigureListeners(KestrelServerOptions kestrel, GatewayOptions options)
    {
        kestrel.Listen(options.Host, options.Port, static client => client.UseConnectionHandler<ClientConnectionHandler>());
        if (options.MonitoringPort is { } port) kestrel.Listen(options.MonitoringHost ?? options.Host, port);
    }
}
