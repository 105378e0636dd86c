using Bayou.Gateway.Protocol;
using Bayou.Gateway.Routes;

namespace Bayou.Gateway.Routing;

/// <summary>One token's place in the tree: what is subscribed exactly here, and the tokens that may follow.</summary>
internal sealed class SubjectTreeNode
{
    private Dictionary<byte[], SubjectTreeNode>? _literals;
    private SubjectTreeNode? _partialWildcard;
    private SubjectTreeNode? _fullWildcard;
    private List<ClientSubscription>? _plain;
    private List<InternalSubscription>? _internals;
    private List<RouteSubscription>? _routes;
    private Dictionary<byte[], SubjectTreeQueueGroup>? _queueGroups;

    private bool IsEmpty =>
        _plain is null && _internals is null && _routes is null && _queueGroups is null
        && _literals is null && _partialWildcard is null && _fullWildcard is null;

    public SubjectTreeNode GetOrAddChild(ReadOnlySpan<byte> token)
    {
        if (SubjectRules.IsPartialWildcard(token)) return _partialWildcard ??= new SubjectTreeNode();
        if (SubjectRules.IsFullWildcard(token)) return _fullWildcard ??= new SubjectTreeNode();
        _literals ??= new Dictionary<byte[], SubjectTreeNode>(Utf8KeyComparer.Instance);
        var lookup = _literals.GetAlternateLookup<ReadOnlySpan<byte>>();
        if (!lookup.TryGetValue(token, out SubjectTreeNode? child)) lookup[token] = child = new SubjectTreeNode();
        return child;
    }

    public void Add(Subscription subscription)
    {
        switch (subscription)
        {
            case InternalSubscription own:
                (_internals ??= []).Add(own);
                break;
            case ClientSubscription { QueueGroup: { } group } member:
                (GetOrAddQueueGroup(group).Locals ??= []).Add(member);
                break;
            case ClientSubscription plain:
                (_plain ??= []).Add(plain);
                break;
            case RouteSubscription { QueueGroup: { } group } remote:
                (GetOrAddQueueGroup(group).Remotes ??= []).Add(remote);
                break;
            case RouteSubscription remote:
                (_routes ??= []).Add(remote);
                break;
            default:
                throw new InvalidOperationException("Unknown kind of subscription.");
        }
    }

    /// <summary>Adds everything that matches the rest of a subject below this node.</summary>
    public void Collect(ReadOnlySpan<byte> rest, MatchCollector collector)
    {
        _fullWildcard?.CollectHere(collector);
        int dot = rest.IndexOf(SubjectRules.Separator);
        ReadOnlySpan<byte> token = dot < 0 ? rest : rest[..dot];
        _partialWildcard?.Continue(rest, dot, collector);
        if (_literals is not null && _literals.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(token, out SubjectTreeNode? child))
        {
            child.Continue(rest, dot, collector);
        }
    }

    /// <summary>Takes a subscription out of the tree below a node, and the nodes that it leaves empty.</summary>
    public static void Remove(SubjectTreeNode node, Subscription subscription, ReadOnlySpan<byte> rest)
    {
        if (rest.IsEmpty)
        {
            node.RemoveHere(subscription);
            return;
        }

        int dot = rest.IndexOf(SubjectRules.Separator);
        ReadOnlySpan<byte> token = dot < 0 ? rest : rest[..dot];
        SubjectTreeNode child = node.GetOrAddChild(token);
        Remove(child, subscription, dot < 0 ? default : rest[(dot + 1)..]);
        if (child.IsEmpty) node.RemoveChild(token);
    }

    private void Continue(ReadOnlySpan<byte> rest, int dot, MatchCollector collector)
    {
        if (dot < 0) CollectHere(collector);
        else Collect(rest[(dot + 1)..], collector);
    }

    private void CollectHere(MatchCollector collector)
    {
        if (_plain is not null) collector.AddPlain(_plain);
        if (_internals is not null) collector.AddInternals(_internals);
        if (_routes is not null) collector.AddRoutes(_routes);
        if (_queueGroups is null) return;
        foreach ((byte[] group, SubjectTreeQueueGroup members) in _queueGroups) collector.AddQueueGroup(group, members);
    }

    private void RemoveHere(Subscription subscription)
    {
        bool removed = subscription switch
        {
            InternalSubscription own => RemoveFrom(ref _internals, own),
            { QueueGroup: { } group } => RemoveMember(group, subscription),
            ClientSubscription plain => RemoveFrom(ref _plain, plain),
            RouteSubscription remote => RemoveFrom(ref _routes, remote),
            _ => false,
        };
        if (!removed) throw new InvalidOperationException("The subscription is not where its subject says.");
    }

    private SubjectTreeQueueGroup GetOrAddQueueGroup(byte[] group)
    {
        _queueGroups ??= new Dictionary<byte[], SubjectTreeQueueGroup>(Utf8KeyComparer.Instance);
        if (!_queueGroups.TryGetValue(group, out SubjectTreeQueueGroup? members)) _queueGroups[group] = members = new SubjectTreeQueueGroup();
        return members;
    }

    private bool RemoveMember(byte[] group, Subscription member)
    {
        if (_queueGroups is null || !_queueGroups.TryGetValue(group, out SubjectTreeQueueGroup? members)) return false;
        bool removed = member switch
        {
            ClientSubscription local => RemoveFrom(ref members.Locals, local),
            RouteSubscription remote => RemoveFrom(ref members.Remotes, remote),
            _ => false,
        };
        if (members.IsEmpty) _queueGroups.Remove(group);
        if (_queueGroups.Count == 0) _queueGroups = null;
        return removed;
    }

    private void RemoveChild(ReadOnlySpan<byte> token)
    {
        if (SubjectRules.IsPartialWildcard(token)) _partialWildcard = null;
        else if (SubjectRules.IsFullWildcard(token)) _fullWildcard = null;
        else if (_literals is not null)
        {
            _literals.GetAlternateLookup<ReadOnlySpan<byte>>().Remove(token);
            if (_literals.Count == 0) _literals = null;
        }
    }

    private static bool RemoveFrom<T>(ref List<T>? list, T item)
        where T : class
    {
        // Order among the subscriptions of a node means nothing, so the last one fills the gap.
        if (list is null) return false;
        int index = list.LastIndexOf(item);
        if (index < 0) return false;
        list[index] = list[^1];
        list.RemoveAt(list.Count - 1);
        if (list.Count == 0) list = null;
        return true;
    }
}
