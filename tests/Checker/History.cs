namespace Bayou.Checker;

/// <summary>
/// Writes down what clients, readers and replicas do, in the order in which it happens, and has it judged on the way. Any thread may
/// write; the order of the calls is the order of the events, so an invocation is noted before it leaves and an answer after it came.
/// </summary>
public sealed class History
{
    private readonly Lock _gate = new();
    private readonly HistoryChecker _checker;
    private readonly List<int> _published = [];

    /// <param name="settleWithin">How soon after the faults have ended replicas must be equal. Default 60 seconds.</param>
    public History(TimeSpan? settleWithin = null) => _checker = new HistoryChecker(Names, settleWithin: settleWithin);

    public Names Names { get; } = new();

    /// <summary>A connection whose publishes are in order among themselves.</summary>
    public int OpenConnection(string name)
    {
        lock (_gate)
        {
            _published.Add(0);
            return Names.AddConnection(name);
        }
    }

    /// <summary>A connection begins its next publish; <paramref name="hashOf"/> says what content its value stands for.</summary>
    public Value Publish(int connection, int channel, TimeSpan time, Func<Value, uint> hashOf)
    {
        ArgumentNullException.ThrowIfNull(hashOf);
        lock (_gate)
        {
            var value = new Value(connection, ++_published[connection]);
            _checker.Add(new HistoryEvent { Kind = EventKind.Published, Time = time, Channel = channel, Value = value, Hash = hashOf(value) });
            return value;
        }
    }

    public void Add(in HistoryEvent item)
    {
        lock (_gate)
        {
            _checker.Add(item);
        }
    }

    /// <summary>Adds what somebody else has found.</summary>
    public void Add(Anomaly anomaly, int channel, string what)
    {
        lock (_gate)
        {
            _checker.Add(anomaly, channel, what);
        }
    }

    /// <summary>The history is over; what was wrong with it.</summary>
    public Report Finish()
    {
        lock (_gate)
        {
            return _checker.Finish();
        }
    }
}
