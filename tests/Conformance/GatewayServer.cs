using System.Net;
using Bayou.Gateway;
using Bayou.Gateway.Monitoring;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Bayou.Conformance;

/// <summary>The gateway in this process, on ports that the system chose.</summary>
public sealed class GatewayServer : TestServer
{
    private readonly WebApplication _application;
    private readonly GatewayEndpoints _endpoints;

    private GatewayServer(WebApplication application)
    {
        _application = application;
        _endpoints = application.Services.GetRequiredService<GatewayEndpoints>();
    }

    public override int Port => _endpoints.Client.Port;

    public override int MonitoringPort => _endpoints.Monitoring!.Port;

    public IServiceProvider Services => _application.Services;

    public static async Task<GatewayServer> StartAsync(GatewayOptions options, ILoggerProvider? log = null)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        if (log is not null) builder.Logging.AddProvider(log).SetMinimumLevel(LogLevel.Trace).AddFilter("Microsoft", LogLevel.None);
        builder.Services.AddGateway(options with { Host = IPAddress.Loopback, Port = 0, MonitoringPort = 0 });
        WebApplication application = builder.Build();
        application.MapMonitoring();
        await application.StartAsync();
        return new GatewayServer(application);
    }

    public override async ValueTask DisposeAsync()
    {
        await _application.StopAsync();
        await _application.DisposeAsync();
    }
}
