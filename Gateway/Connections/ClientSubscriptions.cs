using Bayou.Gateway.Routing;

namespace Bayou.Gateway.Connections;

/// <summary>
/// The subscriptions of one connection by sid. Its own read loop adds and removes; publishers remove those that reached their
/// last message.
/// </summary>
internal sealed class ClientSubscriptions(SubjectTree tree)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<byte[], ClientSubscription> _bySid = new(Utf8KeyComparer.Instance);
    private bool _isClosed;

    public int Count
    {
        get
        {
            lock (_gate) return _bySid.Count;
        }
    }

    /// <summary>False when the sid is in use; the older subscription stays.</summary>
    public bool TryAdd(ClientSubscription subscription)
    {
        lock (_gate)
        {
            if (_isClosed || !_bySid.TryAdd(subscription.Sid, subscription)) return false;
            tree.Insert(subscription);
            return true;
        }
    }

    public ClientSubscription? Find(ReadOnlySpan<byte> sid)
    {
        lock (_gate) return _bySid.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(sid, out ClientSubscription? found) ? found : null;
    }

    public bool Contains(ReadOnlySpan<byte> sid) => Find(sid) is not null;

    public void Remove(ClientSubscription subscription)
    {
        lock (_gate)
        {
            if (!_bySid.TryGetValue(subscription.Sid, out ClientSubscription? current) || !ReferenceEquals(current, subscription)) return;
            _bySid.Remove(subscription.Sid);
            End(subscription);
        }
    }

    /// <summary>Ends them all; none can be added any more.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _isClosed = true;
            foreach (ClientSubscription subscription in _bySid.Values) End(subscription);
            _bySid.Clear();
        }
    }

    public ClientSubscription[] Snapshot()
    {
        lock (_gate) return [.. _bySid.Values];
    }

    private void End(ClientSubscription subscription)
    {
        tree.Remove(subscription);
        subscription.Connection.Trace?.OnSubscriptionEnded(subscription.Sid);
    }
}
