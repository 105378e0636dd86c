using Bayou.Gateway.Connections;
using Bayou.Gateway.Protocol;
using Bayou.Gateway.Routing;

namespace Bayou.Gateway.Routes;

/// <summary>
/// What this server's subscriptions ask of other servers, told to each over its route: everything when it joins, then the changes. Of
/// plain subscriptions only the first and the last are a change; of a queue group every one is, since the others choose members by
/// their number.
/// </summary>
/// <remarks>
/// One lock makes changes and what is sent of them one order. Nothing under it waits: lines are appended, and written from the
/// thread pool.
/// </remarks>
internal sealed class LocalInterest
{
    private readonly Lock _gate = new();

    /// <summary>Of clients, and of parts of this server that serve the whole cluster.</summary>
    private readonly InterestTable _cluster = new();

    /// <summary>Of parts of this server that serve its own clients, and those of foreign servers where this server was chosen to.</summary>
    private readonly InterestTable _own = new();

    private readonly List<RouteConnection> _routes = [];

    public void Add(Subscription subscription) => Change(subscription, delta: 1);

    public void Remove(Subscription subscription) => Change(subscription, delta: -1);

    /// <summary>Tells a route everything, and from now on every change.</summary>
    public void Join(RouteConnection route)
    {
        lock (_gate)
        {
            _routes.Add(route);
            foreach ((byte[] key, int weight) in _cluster.Entries) Tell(route, key, before: 0, weight);
            if (!route.IsServed) return;
            foreach ((byte[] key, int weight) in _own.Entries) Tell(route, key, _cluster.Weight(key), weight);
        }
    }

    public void Leave(RouteConnection route)
    {
        lock (_gate) _routes.Remove(route);
    }

    /// <summary>Begins or ends to serve the clients of the server behind a route that has joined.</summary>
    public void Serve(RouteConnection route, bool isServed)
    {
        lock (_gate)
        {
            if (route.IsServed == isServed) return;
            route.IsServed = isServed;
            foreach ((byte[] key, int weight) in _own.Entries)
            {
                int others = _cluster.Weight(key);
                Tell(route, key, isServed ? others : others + weight, isServed ? others + weight : others);
            }
        }
    }

    private void Change(Subscription subscription, int delta)
    {
        byte[] key = InterestKey.Of(subscription.Subject, subscription.QueueGroup);
        lock (_gate)
        {
            int clusterBefore = _cluster.Weight(key);
            int ownBefore = _own.Weight(key);
            bool isOwn = subscription is InternalSubscription { Scope: InterestScope.ThisServer };
            (isOwn ? _own : _cluster).Change(key, delta);
            foreach (RouteConnection route in _routes)
            {
                int before = clusterBefore + (route.IsServed ? ownBefore : 0);
                int after = _cluster.Weight(key) + (route.IsServed ? _own.Weight(key) : 0);
                Tell(route, key, before, after);
            }
        }
    }

    private static void Tell(RouteConnection route, byte[] key, int before, int after)
    {
        InterestKey.Split(key, out ReadOnlySpan<byte> subject, out ReadOnlySpan<byte> queueGroup);
        bool isChange = queueGroup.IsEmpty ? (before == 0) != (after == 0) : before != after;
        if (!isChange) return;
        byte[] line = RouteWriter.InterestLine(subject, queueGroup, after);
        route.Trace?.OnSent(line);
        switch (route.Outbound.Append(line))
        {
            case AppendResult.FlushOwed:
                route.Outbound.FlushSoon();
                break;
            case AppendResult.Overflow:
                route.Close(ClosedReason.SlowConsumerPendingBytes);
                break;
        }
    }
}
