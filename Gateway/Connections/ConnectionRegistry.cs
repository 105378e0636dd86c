using System.Collections.Concurrent;

namespace Bayou.Gateway.Connections;

/// <summary>The clients that are connected, the last ones that were, and what went over every connection.</summary>
internal sealed class ConnectionRegistry(int maxClosedCount)
{
    private readonly ConcurrentDictionary<ulong, ClientConnection> _open = new();
    private readonly ConcurrentDictionary<ulong, Connection> _routes = new();
    private readonly Queue<ClosedConnection> _closed = new();
    private readonly Lock _gate = new();
    private ulong _lastId;
    private int _openCount;
    private long _totalCount;
    private ConnectionTotals _closedTotals;

    public int OpenCount => Volatile.Read(ref _openCount);

    /// <summary>Connections accepted since the start.</summary>
    public long TotalCount => Interlocked.Read(ref _totalCount);

    public IEnumerable<ClientConnection> Open => _open.Select(static pair => pair.Value);

    public ConnectionId NextId() => new(Interlocked.Increment(ref _lastId));

    /// <summary>False when that would make more than <paramref name="maxCount"/>.</summary>
    public bool TryAdd(ClientConnection connection, int maxCount)
    {
        Interlocked.Increment(ref _totalCount);
        if (Interlocked.Increment(ref _openCount) > maxCount)
        {
            Interlocked.Decrement(ref _openCount);
            return false;
        }

        return _open.TryAdd(connection.Id.Value, connection);
    }

    public bool TryFind(ulong id, out ClientConnection? connection) => _open.TryGetValue(id, out connection);

    public void Remove(ClientConnection connection, ClosedConnection closed)
    {
        lock (_gate)
        {
            if (_open.TryRemove(connection.Id.Value, out _)) Interlocked.Decrement(ref _openCount);
            _closedTotals = _closedTotals.Add(ConnectionTotals.Of(connection));
            _closed.Enqueue(closed);
            while (_closed.Count > maxClosedCount) _closed.Dequeue();
        }
    }

    /// <summary>Counts what goes over the connection to another server.</summary>
    public void Track(Connection route) => _routes[route.Id.Value] = route;

    public void Forget(Connection route)
    {
        lock (_gate)
        {
            if (_routes.TryRemove(route.Id.Value, out _)) _closedTotals = _closedTotals.Add(ConnectionTotals.Of(route));
        }
    }

    public ClosedConnection[] SnapshotClosed()
    {
        lock (_gate) return [.. _closed];
    }

    /// <summary>
    /// Sums over every connection that there was. They never go back, which would look like a restart: a connection that closes meanwhile counts
    /// among the open ones or the closed ones, and not in between.
    /// </summary>
    public ConnectionTotals GetTotals()
    {
        lock (_gate)
        {
            ConnectionTotals totals = _closedTotals;
            foreach (Connection connection in Open.Concat(_routes.Select(static pair => pair.Value))) totals = totals.Add(ConnectionTotals.Of(connection));
            return totals;
        }
    }
}
