namespace Bayou.Checker;

/// <summary>All publishes, by connection and number.</summary>
internal sealed class PublishTable
{
    private static PublishState _none;

    private readonly List<ChunkedList<PublishState>> _connections = [];

    public int ConnectionCount => _connections.Count;

    /// <summary>The state of a publish, to be read and changed; of one that never began, a fresh one.</summary>
    public ref PublishState Open(Value value)
    {
        if (value.Connection < 0 || value.Number < 1)
        {
            throw new ArgumentException($"{value} cannot name a publish.", nameof(value));
        }

        while (_connections.Count <= value.Connection)
        {
            _connections.Add(new ChunkedList<PublishState>());
        }

        return ref _connections[value.Connection][value.Number];
    }

    /// <summary>The state of a publish, or one that says that it never began.</summary>
    public ref PublishState Find(Value value)
    {
        if (value.Connection >= 0 && value.Connection < _connections.Count
            && value.Number >= 1 && value.Number < _connections[value.Connection].Count)
        {
            return ref _connections[value.Connection][value.Number];
        }

        _none = default;
        return ref _none;
    }

    /// <summary>Every publish of a connection that began, in order.</summary>
    public IEnumerable<Value> Of(int connection)
    {
        var publishes = _connections[connection];
        for (var number = 1; number < publishes.Count; number++)
        {
            if (publishes[number].PublishedAt != 0)
            {
                yield return new Value(connection, number);
            }
        }
    }
}
