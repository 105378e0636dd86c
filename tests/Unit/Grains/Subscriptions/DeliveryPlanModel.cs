using Bayou.Grains.Interfaces.Messages;
using Bayou.Grains.Subscriptions;
using Xunit;

namespace Bayou.Unit.Grains.Subscriptions;

/// <summary>
/// Drives a delivery plan and keeps books of its own: what was pushed to whom and when, and what was acknowledged. Each step ends by
/// comparing the two.
/// </summary>
internal sealed class DeliveryPlanModel(bool isQueueGroup)
{
    private const long Second = TimeSpan.TicksPerSecond;

    private readonly DeliveryPlan _plan = new(isQueueGroup);
    private readonly Dictionary<ulong, Pushed> _pushed = [];
    private readonly HashSet<ulong> _acknowledged = [];
    private readonly HashSet<ulong> _handedOver = [];
    private readonly Dictionary<PlannedMember, ulong> _highest = [];
    private ulong _published;
    private ulong _lastMember;
    private long _now = Second;

    public void Join(int maxInFlight, int ackWaitSeconds)
    {
        if (!isQueueGroup && _plan.Members.Count > 0) return;
        _plan.AddMember(Plans.NewMember(++_lastMember, maxInFlight, ackWaitSeconds));
        Settle();
    }

    public void Leave(int which)
    {
        if (Pick(which) is not { } member) return;
        _handedOver.UnionWith(member.Outgoing);
        _plan.RemoveMember(member);
        foreach (ulong sequence in _pushed.Keys.ToList().Where(sequence => _pushed[sequence].To == member)) _pushed[sequence] = _pushed[sequence] with { To = null };
        Settle();
    }

    public void Publish(int count)
    {
        _published += (ulong)count;
        Settle();
    }

    public void Push(int which, int most)
    {
        if (Pick(which) is not { } member) return;
        for (int i = 0; i < most && _plan.TryPeek(member, out ulong sequence, out uint count); i++)
        {
            bool isFirst = !_pushed.TryGetValue(sequence, out Pushed? before);
            Assert.DoesNotContain(sequence, _acknowledged);
            if (isFirst)
                RequireOrder(member, sequence, count);
            else
                Assert.Equal(before!.Count + 1, count);
            Assert.True(isFirst || before!.To is null || before.Due <= _now, $"{sequence} was pushed again before its ack wait was over.");
            _plan.Take(member, _now);
            _pushed[sequence] = new Pushed(member, count, _now + member.State.AckWait.Ticks);
        }

        Settle();
    }

    public void Acknowledge(int which)
    {
        ulong[] waiting = [.. _pushed.Keys.Where(sequence => !_acknowledged.Contains(sequence)).Order()];
        if (waiting.Length == 0) return;
        ulong sequence = waiting[which % waiting.Length];
        Assert.Equal(1, _plan.Acknowledge(new SequenceRange(sequence, sequence)));
        _acknowledged.Add(sequence);
        Settle();
    }

    public void Wait(int halfSeconds)
    {
        _now += halfSeconds * Second / 2;
        _plan.Expire(_now, firstSequence: 1);
        Settle();
        RequirePlannedAgain();
    }

    /// <summary>With a member that works, everything published is pushed and acknowledged in the end.</summary>
    public void Finish()
    {
        Join(maxInFlight: 3, ackWaitSeconds: 1);
        for (int round = 0; _acknowledged.Count < (int)_published; round++)
        {
            Assert.True(round < 1000, $"{_acknowledged.Count} of {_published} messages came to an end.");
            for (int i = 0; i < _plan.Members.Count; i++) Push(i, int.MaxValue);
            foreach (ulong sequence in _pushed.Keys.Where(sequence => !_acknowledged.Contains(sequence)).ToList()) Acknowledge(0);
            Wait(halfSeconds: 20);
        }

        Wait(halfSeconds: 20);
        Assert.Equal(_published, _plan.LastSent);
        Assert.Equal(0, _plan.PendingCount);
        Assert.Null(_plan.NextDeadline);
    }

    /// <summary>What is new comes in order, and only what was handed over is not new though nobody had it.</summary>
    private void RequireOrder(PlannedMember member, ulong sequence, uint count)
    {
        if (count == 0)
        {
            Assert.True(sequence > _highest.GetValueOrDefault(member), $"{sequence} came as new after {_highest.GetValueOrDefault(member)}.");
            _highest[member] = sequence;
        }
        else
        {
            Assert.Equal(1u, count);
            Assert.Contains(sequence, _handedOver);
        }
    }

    private PlannedMember? Pick(int which) => _plan.Members.Count == 0 ? null : _plan.Members[which % _plan.Members.Count];

    private void Settle()
    {
        ulong before = _plan.LastSent;
        _plan.Assign(1, _published);
        Assert.All(
            _plan.Members.Where(member => member.Outgoing.Any(sequence => sequence > before)),
            static member => Assert.True(member.PendingCount <= member.State.MaxInFlight, "A first delivery exceeded MaxInFlight."));
        Assert.Equal((int)_plan.LastSent - _acknowledged.Count, _plan.PendingCount);
        Assert.True(_plan.LastSent <= _published);
        Assert.True(_plan.Members.Sum(static member => member.PendingCount) <= _plan.PendingCount);
        if (_plan.Members.Count > 0) Assert.Equal(_plan.PendingCount, _plan.Members.Sum(static member => member.PendingCount));
        bool hasRoom = _plan.Members.Any(static member => !member.IsStalled);
        Assert.True(!hasRoom || _plan.LastSent == _published, "Somebody has room and a message waits.");
    }

    /// <summary>Whatever was pushed an ack wait ago is in somebody's queue again.</summary>
    private void RequirePlannedAgain()
    {
        HashSet<ulong> planned = [.. _plan.Members.SelectMany(static member => member.Outgoing)];
        foreach ((ulong sequence, Pushed pushed) in _pushed)
        {
            if (!_acknowledged.Contains(sequence) && pushed.Due <= _now && _plan.Members.Count > 0) Assert.Contains(sequence, planned);
        }
    }

    private sealed record Pushed(PlannedMember? To, uint Count, long Due);
}
