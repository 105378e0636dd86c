using Bayou.Grains.Channels;
using Bayou.Grains.Channels.Log;
using Bayou.Grains.Interfaces;
using Bayou.Grains.Interfaces.Identity;
using Bayou.Grains.Interfaces.Messages;
using Bayou.Grains.Replication;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;

namespace Bayou.Grains.Subscriptions;

/// <summary>
/// Runs one <see cref="DeliveryPlan"/>: wakes on commits, acks and deadlines, pushes what is planned, and reports progress to the
/// channel's log. Reentrant, so that acks are taken while a push waits for its connection; between awaits a turn is undisturbed.
/// </summary>
[Reentrant]
[KeepAlive]
public sealed partial class SubscriptionGrain(
    ReplicaHost host,
    IGrainFactory grains,
    TimeProvider time,
    ILogger<SubscriptionGrain> logger) : Grain, ISubscriptionGrain
{
    /// <summary>Acks reach the log this long after they arrive at the latest, unless something else takes them along.</summary>
    private static readonly TimeSpan ProgressDelay = TimeSpan.FromMilliseconds(50);

    /// <summary>A report that failed, because its channel has no leader now, must not keep the next one from being tried.</summary>
    private const ConfigureAwaitOptions AfterFailureToo =
        ConfigureAwaitOptions.ContinueOnCapturedContext | ConfigureAwaitOptions.SuppressThrowing;

    private readonly Dictionary<MemberId, MemberPush> _pushes = [];
    private readonly RangeSet _acknowledged = new();
    private readonly long _origin = time.GetTimestamp();
    private SubscriptionId _id;
    private ChannelReplica? _channel;
    private DeliveryPlan? _plan;
    private TaskScheduler? _turns;
    private IDisposable? _listening;
    private IGrainTimer? _deadlineTimer;
    private IGrainTimer? _progressTimer;
    private Task _reporting = Task.CompletedTask;
    private bool _progressDue;
    private int _wakeQueued;
    private bool _isReserving;
    private ulong _reportedLastSent;
    private ulong _reserved;
    private IReadOnlyList<IGatewayObserver> _gateways = [];

    private long Now => time.GetElapsedTime(_origin).Ticks + 1;

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _id = SubscriptionId.FromGrainKey(this.GetPrimaryKeyString());
        _turns = TaskScheduler.Current;
        _channel = host.FindChannel(_id.Group);
        if (_channel is null || await _channel.QueryAsync(machine => Copy(machine.Find(_id.Number))) is not { } state)
        {
            return;
        }

        _plan = new DeliveryPlan(state.IsQueueGroup);
        _reportedLastSent = state.LastSent;
        _reserved = state.LastSent;

        // What was reserved and is there may have been sent before a crash: it goes out as redelivered.
        var maybeSent = Math.Max(state.LastSent, Math.Min(state.ReservedTo, _channel.LastSequence));
        _plan.Restore(maybeSent, maybeSent > state.LastSent ? [.. state.Pending, new(state.LastSent + 1, maybeSent)] : state.Pending);
        _deadlineTimer = this.RegisterGrainTimer(OnDeadline, new GrainTimerCreationOptions(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan) { Interleave = true });
        _progressTimer = this.RegisterGrainTimer(OnProgressDue, new GrainTimerCreationOptions(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan) { Interleave = true });
        _listening = _channel.Listen(Wake);
        TakeMembers(state.Members);
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        _listening?.Dispose();
        await FlushAsync();
        foreach (var push in _pushes.Values)
        {
            push.Dispose();
        }
    }

    public async Task RefreshAsync()
    {
        if (_plan is null || _channel is null)
        {
            return;
        }

        var state = await _channel.QueryAsync(machine => Copy(machine.Find(_id.Number)));
        if (state is null)
        {
            Stop();
            return;
        }

        TakeMembers(state.Members);
        Pump();
    }

    public Task StartAsync(MemberId member)
    {
        if (_plan?.Find(member) is { } planned)
        {
            planned.IsStarted = true;
            Pump();
        }

        return Task.CompletedTask;
    }

    public Task ResumeAsync()
    {
        if (_plan is null)
        {
            return Task.CompletedTask;
        }

        foreach (var member in _plan.Members)
        {
            member.IsStarted = true;
        }

        Pump();
        return Task.CompletedTask;
    }

    public Task AckAsync(AckBatch acks)
    {
        if (_plan is null || !_plan.Members.Any(member => member.State.AckSecret == acks.Secret))
        {
            return Task.CompletedTask;
        }

        foreach (var range in acks.Ranges)
        {
            if (range.First <= range.Last && range.First <= _plan.LastSent)
            {
                var sent = range with { Last = Math.Min(range.Last, _plan.LastSent) };
                _plan.Acknowledge(sent);
                _acknowledged.Add(sent);
            }
        }

        ScheduleProgress();
        Pump();
        return Task.CompletedTask;
    }

    public async Task FlushAsync()
    {
        await _reporting.ConfigureAwait(AfterFailureToo);
        await ReportAsync(mustReserve: false, reach: 0);
    }

    public Task SetClientHealthAsync(ClientId client, bool answers)
    {
        _plan?.SetHealth(client, answers);
        Pump();
        return Task.CompletedTask;
    }

    public Task<SubscriptionFigures> InspectAsync()
    {
        if (_plan is null)
        {
            return Task.FromResult(new SubscriptionFigures(0, 0, []));
        }

        var members = _plan.Members
            .Select(member => new MemberFigures(member.Id, member.LastSent, member.PendingCount, member.IsStalled))
            .ToList();
        return Task.FromResult(new SubscriptionFigures(_plan.LastSent, _plan.PendingCount, members));
    }

    private static MembersAndPosition? Copy(SubscriptionState? state) =>
        state is null ? null : new(state.IsQueueGroup, state.LastSent, state.ReservedTo, [.. state.Pending.Ranges], [.. state.Members]);

    private void TakeMembers(IReadOnlyList<MemberState> members)
    {
        foreach (var member in members)
        {
            if (_plan!.Find(member.Id) is null)
            {
                var planned = new PlannedMember(member);
                _plan.AddMember(planned);
                _pushes.Add(member.Id, new MemberPush(planned, _channel!.OpenReader()));
            }
        }

        foreach (var planned in _plan!.Members.Where(planned => !members.Any(member => member.Id == planned.Id)).ToList())
        {
            _plan.RemoveMember(planned);
            if (_pushes.Remove(planned.Id, out var push) && !push.IsUnderWay)
            {
                push.Dispose();
            }
        }
    }

    private void Stop()
    {
        _listening?.Dispose();
        _listening = null;
        _deadlineTimer?.Dispose();
        _progressTimer?.Dispose();
        TakeMembers([]);
        _plan = null;
        _acknowledged.Clear();
        DeactivateOnIdle();
    }

    /// <summary>Called by the replica's worker after a commit: queues one turn, however many commits come before it runs.</summary>
    private void Wake()
    {
        if (Interlocked.Exchange(ref _wakeQueued, 1) == 0)
        {
            Task.Factory.StartNew(OnWake, CancellationToken.None, TaskCreationOptions.None, _turns!).Ignore();
        }
    }

    private void OnWake()
    {
        Volatile.Write(ref _wakeQueued, 0);
        Pump();
    }

    private Task OnDeadline(CancellationToken cancellationToken)
    {
        Pump();
        return Task.CompletedTask;
    }

    private void Pump()
    {
        if (_plan is null)
        {
            return;
        }

        var now = Now;
        _plan.Unpark(now);
        _plan.Expire(now, _channel!.FirstSequence);
        Assign();
        foreach (var push in _pushes.Values)
        {
            if (!push.IsUnderWay && push.Member.IsStarted && push.Member.ParkedUntil is null)
            {
                PushAsync(push).Ignore();
            }
        }

        if (_plan.LastSent > _reportedLastSent)
        {
            ScheduleProgress();
        }

        ScheduleDeadline();
    }

    /// <summary>Plans what is there, as far as it is reserved, and sees to the next reservation before this one is used up.</summary>
    private void Assign()
    {
        if (_plan is null)
        {
            return;
        }

        _plan.Assign(_channel!.FirstSequence, Math.Min(_channel.LastSequence, _reserved));
        if (!_isReserving && _channel.LastSequence > _plan.LastSent && _reserved < _plan.LastSent + ((_plan.Reach + 1) / 2))
        {
            ReserveAsync().Ignore();
        }
    }

    private async Task ReserveAsync()
    {
        _isReserving = true;
        try
        {
            _reporting = ReportAfterAsync(_reporting, mustReserve: true);
            await _reporting;
        }
        finally
        {
            _isReserving = false;
        }

        Pump();
    }

    private async Task PushAsync(MemberPush push)
    {
        push.IsUnderWay = true;
        try
        {
            while (_plan is { } plan && push.Member.ParkedUntil is null && push.TryFill(plan, Now))
            {
                if (await DeliverAsync(push))
                {
                    DeliveryPlan.Delivered(push.Member);
                }
                else
                {
                    _plan?.Return(push.Member, push.Sequences, Now);
                }

                Assign();
            }
        }
        catch (Exception exception)
        {
            // A segment that cannot be read stops this subscription, loudly; the others go on.
            LogPushFailed(exception, _id);
        }
        finally
        {
            push.IsUnderWay = false;
            if (!_pushes.ContainsKey(push.Member.Id))
            {
                push.Dispose();
            }
        }

        ScheduleDeadline();
    }

    /// <summary>True if the messages are in a connection's queue.</summary>
    private async Task<bool> DeliverAsync(MemberPush push)
    {
        var delivery = new Delivery(_channel!.Name, push.Member.State.Inbox, new BatchBytes(push.Messages));
        try
        {
            if (_gateways.Count == 0)
            {
                _gateways = await grains.GetGrain<IGatewayRegistryGrain>(0).ListAsync();
                if (_gateways.Count == 0)
                {
                    return false;
                }
            }

            return await _gateways[0].DeliverAsync(delivery) == DeliveryOutcome.Delivered;
        }
        catch (Exception exception) when (exception is OrleansException or TimeoutException)
        {
            LogGatewayLost(exception, _id);
            push.AbandonBuffer();
            _gateways = [];
            return false;
        }
    }

    private void ScheduleDeadline()
    {
        if (_plan?.NextDeadline is { } deadline)
        {
            _deadlineTimer!.Change(TimeSpan.FromTicks(Math.Max(deadline - Now, TimeSpan.TicksPerMillisecond)), Timeout.InfiniteTimeSpan);
        }
    }

    private void ScheduleProgress()
    {
        if (!_progressDue)
        {
            _progressDue = true;
            _progressTimer!.Change(ProgressDelay, Timeout.InfiniteTimeSpan);
        }
    }

    private Task OnProgressDue(CancellationToken cancellationToken)
    {
        _progressDue = false;
        _reporting = ReportAfterAsync(_reporting, mustReserve: false);
        return Task.CompletedTask;
    }

    private async Task ReportAfterAsync(Task previous, bool mustReserve)
    {
        await previous.ConfigureAwait(AfterFailureToo);
        await ReportAsync(mustReserve, reach: _plan?.Reach ?? 0);
    }

    private async Task ReportAsync(bool mustReserve, ulong reach)
    {
        if (_plan is null || (!mustReserve && _acknowledged.IsEmpty && _plan.LastSent == _reportedLastSent && _reserved == _plan.LastSent + reach))
        {
            return;
        }

        // Between the proposal and its commit nothing goes further than both the old reservation and the new one allow.
        var reserved = _plan.LastSent + reach;
        _reserved = Math.Min(_reserved, reserved);
        var progress = new Progress { Subscription = _id.Number, LastSent = _plan.LastSent, ReservedTo = reserved };
        foreach (var range in _acknowledged.Ranges)
        {
            progress.Acknowledged.Add(new Channels.Log.Range { First = range.First, Last = range.Last });
        }

        _acknowledged.Clear();
        _reportedLastSent = _plan.LastSent;
        await _channel!.ProposeAsync(new ChannelCommand { Progress = progress });
        _reserved = reserved;
    }

    [LoggerMessage(2001, LogLevel.Error, "Subscription {Subscription} cannot deliver")]
    private partial void LogPushFailed(Exception exception, SubscriptionId subscription);

    [LoggerMessage(2002, LogLevel.Warning, "Subscription {Subscription} lost its gateway and tries another")]
    private partial void LogGatewayLost(Exception exception, SubscriptionId subscription);

    private sealed record MembersAndPosition(
        bool IsQueueGroup,
        ulong LastSent,
        ulong ReservedTo,
        IReadOnlyList<SequenceRange> Pending,
        IReadOnlyList<MemberState> Members);
}
