using Bayou.Gateway.Routes;

namespace Bayou.Gateway.Routing;

/// <summary>Gathers the subscriptions of one match; used again and again under the tree's lock.</summary>
internal sealed class MatchCollector
{
    private readonly List<ClientSubscription> _plain = [];
    private readonly List<InternalSubscription> _internals = [];
    private readonly List<RouteConnection> _routes = [];
    private readonly Dictionary<byte[], (List<ClientSubscription> Members, List<RouteSubscription> Remotes)> _queueGroups = new(Utf8KeyComparer.Instance);

    public void Clear()
    {
        _plain.Clear();
        _internals.Clear();
        _routes.Clear();
        _queueGroups.Clear();
    }

    public void AddPlain(List<ClientSubscription> subscriptions) => _plain.AddRange(subscriptions);

    public void AddInternals(List<InternalSubscription> subscriptions) => _internals.AddRange(subscriptions);

    public void AddRoutes(List<RouteSubscription> subscriptions)
    {
        foreach (RouteSubscription subscription in subscriptions)
        {
            if (!_routes.Contains(subscription.Route)) _routes.Add(subscription.Route);
        }
    }

    public void AddQueueGroup(byte[] group, SubjectTreeQueueGroup members)
    {
        if (!_queueGroups.TryGetValue(group, out var merged)) _queueGroups[group] = merged = ([], []);
        if (members.Locals is not null) merged.Members.AddRange(members.Locals);
        if (members.Remotes is not null) merged.Remotes.AddRange(members.Remotes);
    }

    public MatchResult ToResult(byte[] subject)
    {
        _internals.RemoveAll(own => own.Predicate is { } predicate && !predicate(subject));
        QueueGroupMatch[] groups = [.. _queueGroups.Select(static group => new QueueGroupMatch(group.Key, [.. group.Value.Members], [.. group.Value.Remotes]))];
        return new MatchResult(subject, [.. _plain], groups, [.. _internals], [.. _routes]);
    }
}
