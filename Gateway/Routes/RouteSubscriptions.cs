using Bayou.Gateway.Routing;

namespace Bayou.Gateway.Routes;

/// <summary>What another server wants of this one. Changed by the read loop of its route, read by anyone.</summary>
internal sealed class RouteSubscriptions(RouteConnection route, SubjectTree tree)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<byte[], RouteSubscription> _byKey = new(Utf8KeyComparer.Instance);

    public int Count
    {
        get
        {
            lock (_gate) return _byKey.Count;
        }
    }

    /// <summary>Adds interest, or changes its weight.</summary>
    public void Set(ReadOnlySpan<byte> subject, ReadOnlySpan<byte> queueGroup, int weight)
    {
        lock (_gate)
        {
            byte[] key = InterestKey.Of(subject, queueGroup);
            if (_byKey.TryGetValue(key, out RouteSubscription? known))
            {
                if (known.Weight == weight) return;
                known.Weight = weight;
                tree.Refresh(known);
                return;
            }

            var added = new RouteSubscription(route, subject.ToArray(), queueGroup.IsEmpty ? null : queueGroup.ToArray()) { Weight = weight };
            _byKey.Add(key, added);
            tree.Insert(added);
        }
    }

    public void Remove(ReadOnlySpan<byte> subject, ReadOnlySpan<byte> queueGroup)
    {
        lock (_gate)
        {
            if (_byKey.Remove(InterestKey.Of(subject, queueGroup), out RouteSubscription? removed)) tree.Remove(removed);
        }
    }

    public void Clear()
    {
        lock (_gate)
        {
            tree.Remove(_byKey.Values);
            _byKey.Clear();
        }
    }

    public RouteSubscription[] Snapshot()
    {
        lock (_gate) return [.. _byKey.Values];
    }
}
