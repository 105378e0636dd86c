using Bayou.Gateway.Routes;
using Microsoft.AspNetCore.Http;

namespace Bayou.Gateway.Monitoring;

/// <summary><c>/routez</c>: the routes to other servers, and with <c>?subs=1</c> or <c>?subs=detail</c> what these want of this one.</summary>
internal sealed class RoutezPage(RouteMesh? mesh, ServerIdentity identity, TimeProvider time)
{
    public RoutezReport Build(IQueryCollection query)
    {
        bool withDetail = query["subs"] == "detail";
        bool withSubjects = !withDetail && query.GetBool("subs");
        DateTimeOffset now = time.GetUtcNow();
        RouteConnection[] routes = mesh?.Routes ?? [];
        return new RoutezReport
        {
            ServerId = identity.Id,
            Now = GoFormat.Time(now),
            NumRoutes = routes.Length,
            Routes = [.. routes.OrderBy(static route => route.Id.Value).Select(route => RouteReport.Of(route, now, withSubjects, withDetail))],
        };
    }
}
