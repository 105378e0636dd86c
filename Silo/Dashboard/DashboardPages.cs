using Bayou.Gateway;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Dashboard;

namespace Bayou.Silo.Dashboard;

/// <summary>Orleans' dashboard: grains, their calls, silos. Off unless it is given a port, since it watches every call of a grain while somebody looks.</summary>
internal static class DashboardPages
{
    public const string Path = "/dashboard";

    /// <summary>Collects what the pages show. Every silo of a cluster has to, or the pages cannot show it.</summary>
    public static void AddDashboardPages(this ISiloBuilder silo, GatewayOptions options)
    {
        if (options.Dashboard is not null)
        {
            // Its live log would show every line of this server to whoever looks.
            silo.AddDashboard(static dashboard => dashboard.HideTrace = true);
        }
    }

    /// <summary>Serves the pages on their port.</summary>
    public static void MapDashboardPages(this WebApplication app)
    {
        var settings = app.Services.GetRequiredService<CurrentSettings>();
        if (settings.Options.Dashboard is not null)
        {
            app.Use(new DashboardAccess(settings).InvokeAsync);
            app.MapOrleansDashboard(Path);
        }
    }
}
