using Bayou.Gateway.Routing;

namespace Bayou.Gateway.Routes;

/// <summary>That another server wants a subject, for however many subscriptions it has.</summary>
internal sealed class RouteSubscription(RouteConnection route, byte[] subject, byte[]? queueGroup) : Subscription(subject, queueGroup)
{
    private int _weight;

    public RouteConnection Route { get; } = route;

    /// <summary>Members of the queue group that the other server has; 0 for plain interest.</summary>
    public int Weight
    {
        get => Volatile.Read(ref _weight);
        set => Volatile.Write(ref _weight, value);
    }
}
