using Bayou.Gateway.Routes;

namespace Bayou.Gateway.Routing;

/// <summary>The members that one queue group has on exactly one subject; null stands for an empty list.</summary>
internal sealed class SubjectTreeQueueGroup
{
    public List<ClientSubscription>? Locals;

    public List<RouteSubscription>? Remotes;

    public bool IsEmpty => Locals is null && Remotes is null;
}
