namespace Bayou.Gateway.Routing;

/// <summary>Gathers the subscriptions of one match; used again and again under the tree's lock.</summary>
internal sealed class MatchCollector
{
    private readonly List<ClientSubscription> _plain = [];
    private readonly List<InternalSubscription> _internals = [];
    private readonly Dictionary<byte[], List<ClientSubscription>> _queueGroups = new(Utf8KeyComparer.Instance);

    public void Clear()
    {
        _plain.Clear();
        _internals.Clear();
        _queueGroups.Clear();
    }

    public void AddPlain(List<ClientSubscription> subscriptions) => _plain.AddRange(subscriptions);

    public void AddInternals(List<InternalSubscription> subscriptions) => _internals.AddRange(subscriptions);

    public void AddQueueGroup(byte[] group, List<ClientSubscription> members)
    {
        if (!_queueGroups.TryGetValue(group, out List<ClientSubscription>? merged)) _queueGroups[group] = merged = [];
        merged.AddRange(members);
    }

    public MatchResult ToResult(byte[] subject)
    {
        var groups = _queueGroups.Count == 0 ? [] : new ClientSubscription[_queueGroups.Count][];
        int index = 0;
        foreach (List<ClientSubscription> members in _queueGroups.Values) groups[index++] = [.. members];
        _internals.RemoveAll(own => own.Predicate is { } predicate && !predicate(subject));
        return new MatchResult(subject, [.. _plain], groups, [.. _internals]);
    }
}
