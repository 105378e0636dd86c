namespace Bayou.Checker;

/// <summary>
/// Judges a history while it is told, event by event, in time proportional to its length and in some 40 bytes per publish.
/// <see cref="Finish"/> judges what only the end can show. What a message is compared with is what the history itself has shown
/// first: the checker knows nothing of how the server works.
/// </summary>
public sealed class HistoryChecker
{
    private readonly CheckContext _context;
    private readonly ReplayCheck _replays;
    private readonly SubscriptionCheck _subscriptions;
    private readonly ConvergenceCheck _convergence;

    /// <param name="names">Names for the findings.</param>
    /// <param name="acceptWithin">How soon after the faults have ended a channel must take a publish. Default 10 seconds.</param>
    /// <param name="settleWithin">How soon after the faults have ended replicas must be equal. Default 60 seconds.</param>
    public HistoryChecker(Names names, TimeSpan? acceptWithin = null, TimeSpan? settleWithin = null)
    {
        ArgumentNullException.ThrowIfNull(names);
        _context = new CheckContext(names);
        _replays = new ReplayCheck(_context);
        _subscriptions = new SubscriptionCheck(_context);
        _convergence = new ConvergenceCheck(_context, acceptWithin ?? TimeSpan.FromSeconds(10), settleWithin ?? TimeSpan.FromSeconds(60));
    }

    /// <summary>Takes the next event.</summary>
    public void Add(in HistoryEvent item)
    {
        _context.Position++;
        switch (item.Kind)
        {
            case EventKind.Published or EventKind.Acknowledged or EventKind.Refused or EventKind.Abandoned or EventKind.Resent:
                _context.OnPublishEvent(item);
                break;
            case EventKind.ReplayStarted or EventKind.Replayed or EventKind.ReplayEnded or EventKind.Restarted:
                _replays.Add(item);
                break;
            case EventKind.Subscribed or EventKind.Delivered or EventKind.Consumed or EventKind.Drained:
                _subscriptions.Add(item);
                break;
            case EventKind.Digested or EventKind.Healed or EventKind.Accepted or EventKind.Settled:
                _convergence.Add(item);
                break;
            case EventKind.Trimmed:
                var channel = _context.Channel(item.Channel);
                channel.TrimmedTo = Math.Max(channel.TrimmedTo, item.Sequence);
                break;
            case EventKind.Dropped:
                var dropping = _context.Channel(item.Channel);
                dropping.DroppedTo = Math.Max(dropping.DroppedTo, item.Sequence);
                break;
            case EventKind.Limited:
                _context.Channel(item.Channel).KeptCount = item.Sequence;
                break;
            default:
                throw new ArgumentException($"{item.Kind} is no event.", nameof(item));
        }
    }

    /// <summary>Adds what somebody else has found, such as an acknowledgement without a durable quorum.</summary>
    public void Add(Anomaly anomaly, int channel, string what) => _context.Found(anomaly, channel, what);

    /// <summary>The history is over.</summary>
    public Report Finish()
    {
        _replays.Finish();
        new LossCheck(_context).Run();
        new OrderCheck(_context).Run();
        _convergence.Finish();
        return _context.Report;
    }

    /// <summary>Judges a whole history.</summary>
    public static Report Check(Names names, IEnumerable<HistoryEvent> history)
    {
        ArgumentNullException.ThrowIfNull(history);
        var checker = new HistoryChecker(names);
        foreach (var item in history)
        {
            checker.Add(item);
        }

        return checker.Finish();
    }
}
