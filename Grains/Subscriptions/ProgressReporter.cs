using Bayou.Grains.Channels;
using Bayou.Grains.Channels.Log;
using Bayou.Grains.Interfaces.Messages;
using Bayou.Grains.Replication;

namespace Bayou.Grains.Subscriptions;

/// <summary>
/// Brings a subscription's progress into the channel's log: what was sent and acknowledged, and how much further it may go. One
/// report is under way at a time. Runs in the subscription's turns.
/// Invariant: nothing is sent beyond <see cref="Reserved"/>, which the log has, so that whoever leads next knows what may have
/// been sent.
/// </summary>
internal sealed class ProgressReporter
{
    /// <summary>Acks reach the log this long after they arrive at the latest, unless something else takes them along.</summary>
    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(50);

    private readonly ulong _subscription;
    private readonly ChannelReplica _channel;
    private readonly DeliveryPlan _plan;
    private readonly RangeSet _acknowledged = new();
    private readonly ITimer _timer;
    private readonly Action _onReserved;
    private readonly Action<Exception> _onFailed;
    private Task _underWay = Task.CompletedTask;
    private bool _isDue;
    private bool _isReserving;
    private bool _isStopped;
    private ulong _reportedLastSent;

    /// <summary>
    /// Begins where the log says; <paramref name="onReserved"/> is called when the subscription may go further, <paramref name="onFailed"/>
    /// when something went wrong that should not.
    /// </summary>
    public ProgressReporter(
        ulong subscription, ChannelReplica channel, DeliveryPlan plan, ulong lastSent, ITurns turns, TimeProvider time, Action onReserved,
        Action<Exception> onFailed)
    {
        _subscription = subscription;
        _channel = channel;
        _plan = plan;
        _onReserved = onReserved;
        _onFailed = onFailed;
        _reportedLastSent = lastSent;
        Reserved = lastSent;
        _timer = time.CreateTimer(_ => turns.Post(OnDue), state: null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>How far the log says that the subscription may go.</summary>
    public ulong Reserved { get; private set; }

    public void Acknowledge(SequenceRange range)
    {
        _acknowledged.Add(range);
        Schedule();
    }

    /// <summary>Something may have been sent since the last report.</summary>
    public void NoteSent()
    {
        if (_plan.LastSent > _reportedLastSent)
        {
            Schedule();
        }
    }

    /// <summary>Sees to the next reservation before this one is used up.</summary>
    public void ReserveIfDue()
    {
        if (!_isReserving && _channel.LastSequence > _plan.LastSent && Reserved < _plan.LastSent + ((_plan.Reach + 1) / 2))
        {
            _ = ReserveAsync();
        }
    }

    public async Task FlushAsync()
    {
        await _underWay;
        await TryReportAsync(mustReserve: false, reach: 0);
    }

    public void Stop()
    {
        _isStopped = true;
        _timer.Dispose();
    }

    private async Task ReserveAsync()
    {
        _isReserving = true;
        _underWay = ReportAfterAsync(_underWay, mustReserve: true);
        await _underWay;
        _isReserving = false;
    }

    private void Schedule()
    {
        if (!_isDue && !_isStopped)
        {
            _isDue = true;
            _timer.Change(Delay, Timeout.InfiniteTimeSpan);
        }
    }

    private void OnDue()
    {
        _isDue = false;
        _underWay = ReportAfterAsync(_underWay, mustReserve: false);
    }

    /// <summary>Never fails, as the next one waits for it.</summary>
    private async Task ReportAfterAsync(Task previous, bool mustReserve)
    {
        await previous;
        try
        {
            var before = Reserved;
            await TryReportAsync(mustReserve, _plan.Reach);
            if (Reserved > before)
            {
                _onReserved();
            }
        }
        catch (Exception exception)
        {
            _onFailed(exception);
        }
    }

    /// <summary>A report that fails is made again a little later; if leadership is gone for good, the next leader redelivers.</summary>
    private async Task TryReportAsync(bool mustReserve, ulong reach)
    {
        var hasNews = mustReserve || !_acknowledged.IsEmpty || _plan.LastSent != _reportedLastSent || Reserved != _plan.LastSent + reach;
        if (_isStopped || !hasNews)
        {
            return;
        }

        // Between the proposal and its commit nothing goes further than both the old reservation and the new one allow.
        var reserved = _plan.LastSent + reach;
        var reported = _reportedLastSent;
        Reserved = Math.Min(Reserved, reserved);
        var progress = new Progress { Subscription = _subscription, LastSent = _plan.LastSent, ReservedTo = reserved };
        foreach (var range in _acknowledged.Ranges)
        {
            progress.Acknowledged.Add(new Channels.Log.Range { First = range.First, Last = range.Last });
        }

        _acknowledged.Clear();
        _reportedLastSent = _plan.LastSent;
        try
        {
            await _channel.ProposeAsync(new ChannelCommand { Progress = progress });
            Reserved = reserved;
        }
        catch (ReplicaUnavailableException)
        {
            _reportedLastSent = Math.Min(_reportedLastSent, reported);
            foreach (var range in progress.Acknowledged)
            {
                _acknowledged.Add(new SequenceRange(range.First, range.Last));
            }

            Schedule();
        }
    }
}
