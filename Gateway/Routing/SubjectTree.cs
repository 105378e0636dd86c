using Bayou.Gateway.Protocol;

namespace Bayou.Gateway.Routing;

/// <summary>
/// Every subscription of the server, ordered by token, with the matches that were asked for lately.
/// </summary>
/// <remarks>
/// One lock guards the tree and the shared cache; results are immutable. Publishers keep results of their own
/// (<see cref="MatchCache"/>) and come here only for a subject they have not used since <see cref="Generation"/> changed.
/// </remarks>
internal sealed class SubjectTree
{
    private const int MaxCachedResults = 1024;

    private readonly Lock _gate = new();
    private readonly SubjectTreeNode _root = new();
    private readonly Dictionary<byte[], MatchResult> _cache = new(Utf8KeyComparer.Instance);
    private readonly Dictionary<byte[], MatchResult>.AlternateLookup<ReadOnlySpan<byte>> _cacheBySpan;
    private readonly MatchCollector _collector = new();
    private long _generation;
    private long _insertCount;
    private long _removeCount;
    private long _matchCount;
    private long _cacheHitCount;
    private int _count;

    public SubjectTree() => _cacheBySpan = _cache.GetAlternateLookup<ReadOnlySpan<byte>>();

    /// <summary>Grows whenever a subscription comes or goes; a result is current while this has not changed.</summary>
    public long Generation => Volatile.Read(ref _generation);

    public void Insert(Subscription subscription)
    {
        lock (_gate)
        {
            if (subscription.IsInTree) throw new InvalidOperationException("The subscription is in the tree already.");
            SubjectTreeNode node = _root;
            foreach (Range token in SubjectRules.Tokens(subscription.Subject)) node = node.GetOrAddChild(subscription.Subject.AsSpan()[token]);
            node.Add(subscription);
            subscription.IsInTree = true;
            _insertCount++;
            _count++;
            OnChanged(subscription);
        }
    }

    /// <summary>False when it was removed before.</summary>
    public bool Remove(Subscription subscription)
    {
        lock (_gate)
        {
            return TryRemove(subscription);
        }
    }

    /// <summary>Removes many at once.</summary>
    public void Remove(IEnumerable<Subscription> subscriptions)
    {
        lock (_gate)
        {
            foreach (Subscription subscription in subscriptions) TryRemove(subscription);
        }
    }

    /// <summary>Has matches made anew that hold a subscription whose weight has changed.</summary>
    public void Refresh(Subscription subscription)
    {
        lock (_gate) OnChanged(subscription);
    }

    public MatchResult Match(ReadOnlySpan<byte> subject)
    {
        lock (_gate)
        {
            _matchCount++;
            if (_cacheBySpan.TryGetValue(subject, out MatchResult? cached))
            {
                _cacheHitCount++;
                return cached;
            }

            MatchResult result = Collect(subject);
            if (_cache.Count >= MaxCachedResults) _cache.Clear();
            _cache.Add(result.Subject, result);
            return result;
        }
    }

    /// <summary>Subscriptions in the tree. Any thread.</summary>
    public int Count => Volatile.Read(ref _count);

    public SubjectTreeStatistics GetStatistics()
    {
        lock (_gate)
        {
            int maxFanOut = 0;
            long sum = 0;
            foreach (MatchResult result in _cache.Values)
            {
                maxFanOut = Math.Max(maxFanOut, result.FanOut);
                sum += result.FanOut;
            }

            return new SubjectTreeStatistics(_count, _cache.Count, _insertCount, _removeCount, _matchCount,
                _matchCount == 0 ? 0 : (double)_cacheHitCount / _matchCount,
                maxFanOut, _cache.Count == 0 ? 0 : (double)sum / _cache.Count);
        }
    }

    private bool TryRemove(Subscription subscription)
    {
        if (!subscription.IsInTree) return false;
        SubjectTreeNode.Remove(_root, subscription, subscription.Subject);
        subscription.IsInTree = false;
        _removeCount++;
        _count--;
        OnChanged(subscription);
        return true;
    }

    private MatchResult Collect(ReadOnlySpan<byte> subject)
    {
        byte[] key = subject.ToArray();
        if (SubjectRules.HasEmptyToken(subject)) return new MatchResult(key, [], [], [], []);
        _collector.Clear();
        _root.Collect(subject, _collector);
        return _collector.ToResult(key);
    }

    private void OnChanged(Subscription subscription)
    {
        // A literal subscription concerns one cached subject; a pattern may concern any.
        if (SubjectRules.IsLiteral(subscription.Subject)) _cache.Remove(subscription.Subject);
        else _cache.Clear();
        Volatile.Write(ref _generation, _generation + 1);
    }
}
