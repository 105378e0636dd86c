using System.Net;
using System.Text;
using System.Text.Json;
using Bayou.Gateway;
using Bayou.Gateway.Administration;
using Bayou.Gateway.Streaming.Partitioning;
using Bayou.Grains.Interfaces;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Bayou.Unit.Gateway.Administration;

/// <summary>What is under <c>/bayou</c>, without a server around it.</summary>
internal sealed class AdministrationPort
{
    public FakeAdministration Cluster { get; init; } = new();

    public FakeChannelAdministration Channels { get; init; } = new();

    public Partition? Partition { get; init; }

    /// <summary>The paths that are answered, with the method of each.</summary>
    public IEnumerable<(string Method, string Path)> Endpoints()
    {
        using var services = Services();
        return [.. Map(services).Select(static endpoint =>
            (endpoint.Metadata.GetRequiredMetadata<HttpMethodMetadata>().HttpMethods[0], endpoint.RoutePattern.RawText!))];
    }

    public async Task<(int Status, JsonElement Content)> SendAsync(
        string method, string path, string query = "", string body = "",
        string contentType = "application/json", string? origin = null, string remote = "127.0.0.1")
    {
        await using var services = Services();
        var endpoint = Map(services).Single(candidate => candidate.RoutePattern.RawText == path);
        var output = new MemoryStream();
        var context = new DefaultHttpContext
        {
            RequestServices = services,
            Connection = { RemoteIpAddress = IPAddress.Parse(remote) },
            Request = { Method = method, Path = path, QueryString = new QueryString(query), ContentType = contentType, Body = new MemoryStream(Encoding.UTF8.GetBytes(body)) },
            Response = { Body = output },
        };
        if (origin is not null) context.Request.Headers.Origin = origin;
        await endpoint.RequestDelegate!(context);
        return (context.Response.StatusCode, JsonElement.Parse(output.ToArray()));
    }

    private static IEnumerable<RouteEndpoint> Map(ServiceProvider services)
    {
        var routes = new Routes(services);
        routes.MapAdministration();
        return routes.DataSources.SelectMany(static source => source.Endpoints).OfType<RouteEndpoint>();
    }

    private ServiceProvider Services()
    {
        var services = new ServiceCollection()
            .AddRouting()
            .AddLogging()
            .AddSingleton<IClusterAdministration>(Cluster)
            .AddSingleton<IChannelAdministration>(Channels)
            .AddSingleton(new ServerIdentity("test", DateTimeOffset.UnixEpoch))
            .AddSingleton(TimeProvider.System)
            .AddSingleton(new CurrentSettings(new GatewayOptions()));
        return (Partition is null ? services : services.AddSingleton(Partition)).BuildServiceProvider();
    }

    /// <summary>Takes endpoints without a server.</summary>
    private sealed class Routes(IServiceProvider services) : IEndpointRouteBuilder
    {
        public IServiceProvider ServiceProvider => services;

        public ICollection<EndpointDataSource> DataSources { get; } = [];

        public IApplicationBuilder CreateApplicationBuilder() => new ApplicationBuilder(services);
    }
}
