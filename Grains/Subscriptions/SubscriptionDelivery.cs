using Bayou.Grains.Channels;
using Bayou.Grains.Interfaces.Identity;
using Bayou.Grains.Interfaces.Messages;
using Bayou.Grains.Replication;

namespace Bayou.Grains.Subscriptions;

/// <summary>
/// Delivers one subscription, or queue group, beside the leader of its channel: drives a <see cref="DeliveryPlan"/> with commits,
/// acks and deadlines, pushes what is planned, and reports progress to the channel's log. It ends with the leader's reign; the next
/// leader begins a new one from what the log knows. Nothing is pushed while there may be one already: its client would get it from both, and
/// once without the flag of a redelivery. Everything runs in its turns, which the public methods queue; between awaits a
/// turn is undisturbed.
/// </summary>
internal sealed class SubscriptionDelivery
{
    /// <summary>How often to ask whether this silo leads the channel, while it cannot be sure.</summary>
    private static readonly TimeSpan LeasePause = TimeSpan.FromMilliseconds(50);

    /// <summary>Timers wait for less than fifty days. To look too early does no harm.</summary>
    private static readonly TimeSpan LongestPause = TimeSpan.FromDays(1);

    /// <summary>Its gateway says sooner than this that a new member's client was told, or is lost.</summary>
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(10);

    private readonly SubscriptionId _id;
    private readonly ChannelReplica _channel;
    private readonly IDeliveryPort _port;
    private readonly ITurns _turns;
    private readonly TimeProvider _time;
    private readonly Action<Exception> _onFailed;
    private readonly Dictionary<MemberId, MemberPush> _pushes = [];
    private readonly ProgressReporter _progress;
    private readonly ITimer _deadlineTimer;
    private readonly IDisposable _listening;
    private readonly long _origin;
    private readonly DeliveryPlan _plan;
    private int _wakeQueued;
    private bool _isConfirming;
    private bool _lacksLease;
    private bool _isStopped;

    /// <summary>Begins where the log says; <paramref name="onFailed"/> is told when messages cannot be read.</summary>
    public SubscriptionDelivery(
        SubscriptionId id, ChannelReplica channel, SubscriptionSnapshot state, IDeliveryPort port, ITurns turns, TimeProvider time, Action<Exception> onFailed)
    {
        _id = id;
        _channel = channel;
        _port = port;
        _turns = turns;
        _time = time;
        _onFailed = onFailed;
        _origin = time.GetTimestamp();
        _plan = new DeliveryPlan(state.IsQueueGroup, channel.Policy);

        // What was reserved and is there may have been sent by an earlier leader: it goes out as redelivered.
        var maybeSent = Math.Max(state.LastSent, Math.Min(state.ReservedTo, channel.LastSequence));
        _plan.Restore(maybeSent, maybeSent > state.LastSent ? [.. state.Pending, new(state.LastSent + 1, maybeSent)] : state.Pending);
        _progress = new ProgressReporter(id.Number, channel, _plan, state.LastSent, turns, time, Pump, onFailed);
        _deadlineTimer = time.CreateTimer(_ => turns.Post(Pump), state: null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _listening = channel.Listen(Wake);
        TakeMembers(state.Members);
    }

    private long Now => _time.GetElapsedTime(_origin).Ticks + 1;

    /// <summary>Members came or went; null when the subscription is gone.</summary>
    public Task RefreshAsync(SubscriptionSnapshot? state) => _turns.RunAsync(() =>
    {
        if (state is null)
        {
            EndNow();
        }
        else if (!_isStopped)
        {
            TakeMembers(state.Members);
            Pump();
        }

        return Task.FromResult(true);
    });

    /// <summary>The member's client has been told of its subscription.</summary>
    public void Start(MemberId member) => _turns.Post(() =>
    {
        if (_plan.Find(member) is { } planned)
        {
            planned.IsStarted = true;
            Pump();
        }
    });

    /// <summary>Every member's client was told of its subscription long ago.</summary>
    public void Resume() => _turns.Post(() =>
    {
        foreach (var member in _plan.Members)
        {
            member.IsStarted = true;
        }

        Pump();
    });

    /// <summary>Takes acks.</summary>
    public void Acknowledge(AckBatch acks) => _turns.Post(() => AcknowledgeNow(acks));

    /// <summary>Completed when everything acknowledged so far is in the log.</summary>
    public Task FlushAsync() => _turns.RunAsync(async () =>
    {
        if (!_isStopped)
        {
            await _progress.FlushAsync();
        }

        return true;
    });

    /// <summary>A client answers its heartbeats, or does not.</summary>
    public void SetClientHealth(ClientId client, bool answers) => _turns.Post(() =>
    {
        _plan.SetHealth(client, answers);
        Pump();
    });

    /// <summary>How far it is.</summary>
    public Task<SubscriptionFigures> InspectAsync() => _turns.RunAsync(() => Task.FromResult(new SubscriptionFigures(
        _plan.LastSent,
        _plan.PendingCount,
        [.. _plan.Members.Select(member => new MemberFigures(member.Id, member.LastSent, member.PendingCount, member.IsStalled))])));

    /// <summary>Delivers nothing more. What is under way comes to its end by itself.</summary>
    public void Stop() => _turns.Post(EndNow);

    /// <summary>Acks that bear no member's secret come from somebody who guessed an inbox.</summary>
    private void AcknowledgeNow(AckBatch acks)
    {
        if (_isStopped || !_plan.Members.Any(member => member.State.AckSecret == acks.Secret))
        {
            return;
        }

        foreach (var range in acks.Ranges)
        {
            if (range.First <= range.Last && range.First <= _plan.LastSent)
            {
                var sent = range with { Last = Math.Min(range.Last, _plan.LastSent) };
                _plan.Acknowledge(sent);
                _progress.Acknowledge(sent);
            }
        }

        Pump();
    }

    private void EndNow()
    {
        if (_isStopped)
        {
            return;
        }

        _isStopped = true;
        _listening.Dispose();
        _deadlineTimer.Dispose();
        _progress.Stop();
        TakeMembers([]);
    }

    private void TakeMembers(IReadOnlyList<MemberState> members)
    {
        foreach (var member in members)
        {
            if (_plan.Find(member.Id) is null)
            {
                var planned = new PlannedMember(member) { StartsBy = Now + StartPatience.Ticks };
                _plan.AddMember(planned);
                _pushes.Add(member.Id, new MemberPush(planned, _channel.OpenReader()));
            }
        }

        foreach (var planned in _plan.Members.Where(planned => !members.Any(member => member.Id == planned.Id)).ToList())
        {
            _plan.RemoveMember(planned);
            if (_pushes.Remove(planned.Id, out var push) && !push.IsUnderWay)
            {
                push.Dispose();
            }
        }
    }

    /// <summary>Called by the replica's worker after a commit: queues one turn, however many commits come before it runs.</summary>
    private void Wake()
    {
        if (Interlocked.Exchange(ref _wakeQueued, 1) == 0)
        {
            _turns.Post(OnWake);
        }
    }

    private void OnWake()
    {
        Volatile.Write(ref _wakeQueued, 0);
        Pump();
    }

    private void Pump()
    {
        if (_isStopped)
        {
            return;
        }

        _lacksLease = false;
        var now = Now;
        _plan.WakeMembers(now);
        _plan.Expire(now, _channel.FirstSequence);
        Assign();
        foreach (var push in _pushes.Values.ToArray())
        {
            if (!push.IsUnderWay && push.Member.IsStarted && push.Member.ParkedUntil is null)
            {
                _ = PushAsync(push);
            }
        }

        _progress.NoteSent();
        ScheduleDeadline();
    }

    /// <summary>Plans what is there, as far as it is reserved, and sees to the next reservation before this one is used up.</summary>
    private void Assign()
    {
        if (_isStopped)
        {
            return;
        }

        _plan.Assign(_channel.FirstSequence, Math.Min(_channel.LastSequence, _progress.Reserved));
        _progress.ReserveIfDue();
    }

    private async Task PushAsync(MemberPush push)
    {
        push.IsUnderWay = true;
        try
        {
            while (!_isStopped && push.Member.ParkedUntil is null && IsSureToLead() && push.TryFill(_plan, Now))
            {
                var answer = await _port.DeliverAsync(new Delivery(_channel.Name, push.Member.State.Inbox, new BatchBytes(push.Messages)));
                Take(push, answer);
                Assign();
            }
        }
        catch (Exception exception)
        {
            // A segment that cannot be read stops this subscription, loudly; the others go on. It is tried again, since it may be mended.
            _onFailed(exception);
            push.AbandonBuffer();
            _plan.Return(push.Member, push.Sequences, Now);
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

    /// <summary>If not, there may be another leader: deliveries go on once the others have said that there is none.</summary>
    private bool IsSureToLead()
    {
        if (_channel.HoldsLease)
        {
            return true;
        }

        if (!_isConfirming)
        {
            _ = ConfirmLeadingAsync();
        }

        return false;
    }

    private async Task ConfirmLeadingAsync()
    {
        _isConfirming = true;
        try
        {
            await _channel.ConfirmLeadingAsync();
        }
        catch (ReplicaUnavailableException)
        {
            // Nobody answers, so that there may well be one.
        }
        catch (Exception exception)
        {
            _onFailed(exception);
        }

        _isConfirming = false;
        _lacksLease = !_channel.HoldsLease;
        if (_lacksLease)
        {
            ScheduleDeadline();
        }
        else
        {
            Pump();
        }
    }

    private void Take(MemberPush push, DeliveryAnswer answer)
    {
        if (answer == DeliveryAnswer.Delivered)
        {
            DeliveryPlan.Delivered(push.Member);
            return;
        }

        var isLost = answer == DeliveryAnswer.GatewayLost;
        if (isLost)
        {
            push.AbandonBuffer();
        }

        _plan.Return(push.Member, push.Sequences, Now, mayHaveArrived: isLost);
    }

    private void ScheduleDeadline()
    {
        var next = _lacksLease ? Math.Min(_plan.NextDeadline ?? long.MaxValue, Now + LeasePause.Ticks) : _plan.NextDeadline;
        if (!_isStopped && next is { } deadline)
        {
            _deadlineTimer.Change(TimeSpan.FromTicks(Math.Clamp(deadline - Now, TimeSpan.TicksPerMillisecond, LongestPause.Ticks)), Timeout.InfiniteTimeSpan);
        }
    }
}
