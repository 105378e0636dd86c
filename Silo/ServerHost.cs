using System.Net;
using System.Net.Sockets;
using Bayou.Gateway;
using Bayou.Gateway.Monitoring;
using Bayou.Gateway.Streaming;
using Bayou.Gateway.Streaming.Monitoring;
using Bayou.Grains;
using Bayou.Grains.Replication;
using Bayou.Silo.Configuration;
using Bayou.Silo.Logging;
using Bayou.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
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

    public static WebApplication Build(ServerOptions options, IConfiguration configuration, SiloStore store, Action<Exception> fail)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "bayou" });
        builder.Configuration.AddConfiguration(configuration);
        builder.Logging.UseServerLog(options.Logging);

        // It recommends server GC at every start; workstation GC measured as fast here and keeps a small server small.
        builder.Logging.AddFilter("Orleans.Runtime.Silo", LogLevel.Error);

        // Its first check after a start reports the age of the machine as a delay.
        builder.Logging.AddFilter("Orleans.Runtime.Watchdog", LogLevel.Error);

        // It reports a start that failed with the whole stack; ServerProcess says it in one line.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical);
        builder.WebHost.UseKestrelCore();
        builder.Services.AddRoutingCore();
        builder.Services.Configure<HostOptions>(host =>
        {
            host.ServicesStartConcurrently = true;
            host.ShutdownTimeout = TimeSpan.FromSeconds(10);
        });
        builder.Services.AddGateway(options.Gateway);
        builder.Services.AddSingleton<StreamingGateway>();
        builder.Services.AddBayouGrains(options.Streaming, new ReplicationOptions(), ClusterSettings.Alone, _ => store, fail);
        builder.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>, StreamingServer>();
        builder.Host.UseOrleans(silo => ConfigureSilo(silo, options));

        var app = builder.Build();
        app.MapMonitoring();
        app.MapStreamingMonitoring();
        var logger = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger(LogCategory);
        app.Lifetime.ApplicationStarted.Register(() => OnStarted(app, options, logger));
        app.Lifetime.ApplicationStopping.Register(() => ServerLog.ShuttingDown(logger));
        return app;
    }

    private static void ConfigureSilo(ISiloBuilder silo, ServerOptions options)
    {
        silo.UseLocalhostClustering(siloPort: FindFreePort(), gatewayPort: 0, serviceId: "bayou", clusterId: options.Streaming.ClusterId);
        silo.Configure<EndpointOptions>(endpoint =>
        {
            endpoint.GatewayPort = 0;
            endpoint.GatewayListeningEndpoint = null;
        });
    }

    private static void OnStarted(WebApplication app, ServerOptions options, ILogger logger)
    {
        var endpoints = app.Services.GetRequiredService<GatewayEndpoints>();
        ServerLog.Starting(logger, ServerConfiguration.Version);
        ServerLog.ListeningForClients(logger, endpoints.Client);
        if (endpoints.Monitoring is { } monitoring)
        {
            ServerLog.ListeningForMonitoring(logger, monitoring);
        }

        if (options.PidFile is { } pidFile)
        {
            File.WriteAllText(pidFile, Environment.ProcessId.ToString(System.Globalization.CultureInfo.InvariantCulture));
        }

        ServerLog.ServerReady(logger);

        // Scripts wait for this line and then connect: it comes when both the port and the channels are there.
        ServerLog.StreamingReady(app.Services.GetRequiredService<ILoggerFactory>().CreateLogger(StreamingServer.LogCategory));
    }

    /// <summary>Nobody else talks to the silo of a server alone, so any port will do.</summary>
    private static int FindFreePort()
    {
        for (var attempt = 0; attempt < 100; attempt++)
        {
            var port = Random.Shared.Next(FirstSiloPort, LastSiloPort);
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
