using System.Net;
using System.Net.Sockets;
using Bayou.Gateway;
using Bayou.Gateway.Administration;
using Bayou.Gateway.Monitoring;
using Bayou.Gateway.Streaming;
using Bayou.Gateway.Streaming.Monitoring;
using Bayou.Gateway.Streaming.Partitioning;
using Bayou.Grains;
using Bayou.Grains.Interfaces;
using Bayou.Grains.Replication;
using Bayou.Silo.Clustering;
using Bayou.Silo.Configuration;
using Bayou.Silo.Dashboard;
using Bayou.Silo.Health;
using Bayou.Silo.Logging;
using Bayou.Silo.Reloading;
using Bayou.Silo.Signals;
using Bayou.Silo.Telemetry;
using Bayou.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;

namespace Bayou.Silo;

/// <summary>Puts the server together: gateway, grains and store in one host.</summary>
internal static class ServerHost
{
    /// <summary>Where a silo of its own listens: below the ports that the system hands out to clients.</summary>
    private const int FirstSiloPort = 20_000;
    private const int LastSiloPort = 32_000;

    /// <summary>Of what concerns the server as a whole.</summary>
    public const string LogCategory = "Bayou.Server";

    public static WebApplication Build(
        ServerOptions options, IConfiguration configuration, ConfigSource source, SiloStore store, Action<Exception> fail)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "bayou" });
        builder.Configuration.AddConfiguration(configuration);
        builder.Logging.UseServerLog(options.Logging);

        // It recommends server GC at every start; workstation GC measured as fast here and keeps a small server small. A start that
        // failed or was called off it reports with the whole stack, twice; ServerProcess says it in one line.
        builder.Logging.AddFilter("Orleans.Runtime.Silo", LogLevel.Critical);
        builder.Logging.AddFilter("Orleans.Runtime.SiloLifecycleSubject", LogLevel.Critical);

        // Its first check after a start reports the age of the machine as a delay.
        builder.Logging.AddFilter("Orleans.Runtime.Watchdog", LogLevel.Error);

        // It reports a start that failed with the whole stack; ServerProcess says it in one line.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical);
        builder.WebHost.UseKestrelCore();
        builder.Services.AddRoutingCore();
        builder.Services.Configure<HostOptions>(host =>
        {
            host.ServicesStartConcurrently = true;
            host.ShutdownTimeout = TimeSpan.FromSeconds(6);
        });
        builder.Services.AddGateway(options.Gateway);
        builder.Services.AddSingleton(source);
        builder.Services.AddSingleton<ConfigReloader>();
        builder.Services.AddSingleton<IHostLifetime, SignalLifetime>();
        builder.Services.AddSingleton<StreamingGateway>();
        builder.Services.AddSingleton<ILocalGateway>(static provider => provider.GetRequiredService<StreamingGateway>());
        builder.Services.AddBayouGrains(
            options.Streaming, new ReplicationOptions { Replicas = options.Replicas }, ClusterServices.SettingsOf(options), _ => store, fail);
        builder.Services.AddHostedService<ReplicaService>();
        builder.Services.AddHostedService(provider => ActivatorUtilities.CreateInstance<ScrubService>(provider, store, options.ScrubInterval));
        builder.Services.AddHostedService(provider => ActivatorUtilities.CreateInstance<ReadinessAnnouncer>(provider, options));
        if (options.Streaming.IsPartitioned)
        {
            builder.Services.AddSingleton(new Partition(options.Streaming.ChannelLimits.Keys, store.Identity.Silo));
            builder.Services.AddSingleton<PartitionCheck>();
            builder.Services.AddSingleton(provider => ActivatorUtilities.CreateInstance<PartitionGuard>(provider, ClusterServices.Leave(provider)));
        }

        if (options.Peers is not null)
        {
            builder.Services.AddPeers(options);
            builder.Services.AddHostedService<MajorityWatch>();
        }

        builder.Services.AddTelemetry(options, configuration);
        builder.Services.AddHealthPages();
        builder.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>, StreamingServer>();
        builder.Host.UseOrleans(silo => ConfigureSilo(silo, options));

        var app = builder.Build();
        app.Use(LeaveSocketThreadAsync);
        app.MapDashboardPages();
        app.MapMonitoring();
        app.MapStreamingMonitoring();
        app.MapAdministration();
        app.MapHealthPages();
        app.MapTelemetry(options);
        return app;
    }

    /// <summary>A page may take its time; <see cref="SocketThreads"/> says why not where its request was read.</summary>
    private static async Task LeaveSocketThreadAsync(HttpContext context, RequestDelegate next)
    {
        await Task.Yield();
        await next(context);
    }

    private static void ConfigureSilo(ISiloBuilder silo, ServerOptions options)
    {
        if (options.Peers is null)
        {
            silo.UseLocalhostClustering(siloPort: FindFreePort(options), gatewayPort: 0, serviceId: "bayou", clusterId: options.Streaming.ClusterId);
        }
        else
        {
            silo.UseMetadataClustering(options, FindFreePort(options));
        }

        silo.AddDashboardPages(options.Gateway);
        silo.Services.AddExceptionSerialization();
        silo.Configure<EndpointOptions>(endpoint =>
        {
            endpoint.GatewayPort = 0;
            endpoint.GatewayListeningEndpoint = null;
        });
    }

    /// <summary>Nobody is told the port of a silo but through the membership, so any will do that the server is not yet to listen on itself.</summary>
    private static int FindFreePort(ServerOptions options)
    {
        var gateway = options.Gateway;
        int?[] reserved = [gateway.Port, gateway.MonitoringPort, gateway.Cluster?.Port, gateway.Dashboard?.Port];
        for (var attempt = 0; attempt < 100; attempt++)
        {
            var port = Random.Shared.Next(FirstSiloPort, LastSiloPort);
            if (reserved.Contains(port)) continue;
            using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                probe.Bind(new IPEndPoint(IPAddress.Loopback, port));
                return port;
            }
            catch (SocketException)
            {
                // Taken: try another.
            }
        }

        throw new IOException($"No free port between {FirstSiloPort} and {LastSiloPort}.");
    }
}
