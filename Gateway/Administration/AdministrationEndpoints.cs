using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Bayou.Gateway.Administration;

/// <summary>What is under <c>/bayou</c> on the monitoring port: the cluster, its groups and its channels, and what can be done about them.</summary>
public static class AdministrationEndpoints
{
    private const string OpenApiResource = "Bayou.Gateway.Administration.openapi.json";

    /// <summary>
    /// Maps the pages, which anybody may read, the actions, for those whom <see cref="GatewayOptions.AllowRemoteAdministration"/> admits, and
    /// <c>GET /bayou/openapi.json</c>, which describes them all.
    /// </summary>
    public static IEndpointRouteBuilder MapAdministration(this IEndpointRouteBuilder endpoints)
    {
        var responder = new AdministrationResponder(new AdministrationAccess(endpoints.ServiceProvider.GetRequiredService<CurrentSettings>()));
        ActivatorUtilities.CreateInstance<ClusterEndpoints>(endpoints.ServiceProvider).Map(endpoints, responder);
        ActivatorUtilities.CreateInstance<ChannelEndpoints>(endpoints.ServiceProvider).Map(endpoints, responder);
        endpoints.MapGet("/bayou/openapi.json", static context => Results.Stream(OpenApi(), "application/json").ExecuteAsync(context));
        return endpoints;
    }

    /// <summary>The description of the pages and actions.</summary>
    internal static Stream OpenApi() => typeof(AdministrationEndpoints).Assembly.GetManifestResourceStream(OpenApiResource)!;
}
