using System.Net;
using Bayou.Gateway;
using Bayou.Gateway.Administration;
using Microsoft.AspNetCore.Http;

namespace Bayou.Silo.Dashboard;

/// <summary>
/// Keeps Orleans' pages, which know no login, on their own port, and there to those who have the server's credentials. Where there are none, the
/// port is on a loopback address, and only its own name leads there: a web page that was given that address under another name is kept out.
/// </summary>
internal sealed class DashboardAccess(CurrentSettings settings)
{
    /// <summary>The middleware, before the pages.</summary>
    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var credentials = new AdministratorCredentials(settings.Options);
        var isPage = context.Request.Path.StartsWithSegments(DashboardPages.Path, StringComparison.OrdinalIgnoreCase);
        if (context.Features.Get<DashboardConnection>() is null)
        {
            await (isPage ? Refuse(context, StatusCodes.Status404NotFound) : next(context));
        }
        else if (credentials.Exist && !credentials.AreIn(context.Request.Headers.Authorization))
        {
            context.Response.Headers.WWWAuthenticate = "Basic realm=\"Bayou\", charset=\"UTF-8\"";
            await Refuse(context, StatusCodes.Status401Unauthorized);
        }
        else if (!credentials.Exist && !IsLocalName(context.Request.Host.Host))
        {
            await Refuse(context, StatusCodes.Status403Forbidden);
        }
        else if (isPage)
        {
            await next(context);
        }
        else
        {
            context.Response.Redirect(DashboardPages.Path + "/");
        }
    }

    private static bool IsLocalName(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));

    private static Task Refuse(HttpContext context, int statusCode)
    {
        context.Response.StatusCode = statusCode;
        return Task.CompletedTask;
    }
}
