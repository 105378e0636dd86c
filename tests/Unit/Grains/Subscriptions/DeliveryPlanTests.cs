using Bayou.Grains.Interfaces.Messages;
using Bayou.Grains.Subscriptions;
using Xunit;

namespace Bayou.Unit.Grains.Subscriptions;

public sealed class DeliveryPlanTests
{
    private const long Second = TimeSpan.TicksPerSecond;

    [Fact]
    public void IdleMembers_TakeTurns()
    {
        (DeliveryPlan plan, PlannedMember[] members) = Group(3);
        plan.Assign(1, 9);
        Assert.All(members, member => Assert.Equal(3, plan.PushAll(member, now: 1).Count));
    }

    [Fact]
    public void MemberWithFewestPending_IsChosen()
    {
        (DeliveryPlan plan, PlannedMember[] members) = Group(2);
        plan.Assign(1, 4);
        ulong[] first = [.. plan.PushAll(members[0], now: 1).Select(static pushed => pushed.Sequence)];
        plan.PushAll(members[1], now: 1);
        foreach (ulong sequence in first) plan.Acknowledge(new SequenceRange(sequence, sequence));
        plan.Assign(1, 6);
        Assert.Equal([5ul, 6ul], plan.PushAll(members[0], now: 1).Select(static pushed => pushed.Sequence));
        Assert.Empty(plan.PushAll(members[1], now: 1));
    }

    [Fact]
    public void StalledMembers_LeaveThePositionWhereItIs()
    {
        (DeliveryPlan plan, _) = Group(2, maxInFlight: 1);
        plan.Assign(1, 10);
        Assert.Equal(2ul, plan.LastSent);
        Assert.Equal(2, plan.PendingCount);
    }

    [Fact]
    public void AckWait_RunsFromThePushAndNotFromThePlan()
    {
        (DeliveryPlan plan, PlannedMember[] members) = Group(1);
        plan.Assign(1, 1);
        plan.Expire(10 * Second, 1);
        Assert.Null(plan.NextDeadline);
        plan.PushAll(members[0], now: 10 * Second);
        Assert.Equal(11 * Second, plan.NextDeadline);
        plan.Expire((11 * Second) - 1, 1);
        Assert.Empty(plan.PushAll(members[0], now: 11 * Second));
        plan.Expire(11 * Second, 1);
        Assert.Equal([(1ul, 1u)], plan.PushAll(members[0], now: 11 * Second));
    }

    [Fact]
    public void Restored_PendingComesFirstFlaggedAndBeyondMaxInFlight()
    {
        var plan = new DeliveryPlan(isQueueGroup: false);
        plan.Restore(5, [new SequenceRange(2, 3), new SequenceRange(5, 5)]);
        PlannedMember member = Plans.NewMember(1, maxInFlight: 1);
        plan.AddMember(member);
        plan.Assign(1, 9);
        Assert.Equal([(2ul, 1u), (3ul, 1u), (5ul, 1u)], plan.PushAll(member, now: 1));
        plan.Acknowledge(new SequenceRange(2, 5));
        plan.Assign(1, 9);
        Assert.Equal([(6ul, 0u)], plan.PushAll(member, now: 1));
    }

    [Fact]
    public void LeavingMember_HandsOverWhatItHadFlagged()
    {
        (DeliveryPlan plan, PlannedMember[] members) = Group(2, maxInFlight: 2);
        plan.Assign(1, 4);
        ulong[] left = [.. plan.PushAll(members[0], now: 1).Select(static pushed => pushed.Sequence)];
        plan.PushAll(members[1], now: 1);
        plan.RemoveMember(members[0]);
        plan.Assign(1, 4);
        Assert.Equal(left.Select(static sequence => (sequence, 1u)), plan.PushAll(members[1], now: 1));
    }

    [Fact]
    public void LeavingMember_HandsOverWhatItNeverGotUnflagged()
    {
        (DeliveryPlan plan, PlannedMember[] members) = Group(1);
        plan.Assign(1, 2);
        plan.RemoveMember(members[0]);
        PlannedMember next = Plans.NewMember(2);
        plan.AddMember(next);
        plan.Assign(1, 3);
        Assert.Equal([(1ul, 0u), (2ul, 0u), (3ul, 0u)], plan.PushAll(next, now: 1));
    }

    [Fact]
    public void MessageThatComesAfterLaterOnes_IsNotNew()
    {
        (DeliveryPlan plan, PlannedMember[] members) = Group(2);
        plan.Assign(1, 2);
        plan.RemoveMember(members[0]);
        plan.Assign(1, 3);
        Assert.Equal([(2ul, 0u), (1ul, 1u), (3ul, 0u)], plan.PushAll(members[1], now: 1));
    }

    [Fact]
    public void AckOfAnybody_CountsWhoeverOwnsTheMessage()
    {
        (DeliveryPlan plan, PlannedMember[] members) = Group(1);
        plan.Assign(1, 3);
        plan.PushAll(members[0], now: 1);
        plan.AddMember(Plans.NewMember(2));
        plan.Expire(2 * Second, 1);
        Assert.Equal(3, plan.Acknowledge(new SequenceRange(1, 3)));
        Assert.Equal(0, plan.PendingCount);
        Assert.All(plan.Members, static member => Assert.Equal(0, member.PendingCount));
    }

    [Theory]
    [InlineData(0, ulong.MaxValue, 3)]
    [InlineData(99, 99, 0)]
    [InlineData(2, 2, 1)]
    [InlineData(0, 0, 0)]
    public void AnyAck_FreesWhatIsPendingAndNothingElse(ulong first, ulong last, int freed)
    {
        (DeliveryPlan plan, PlannedMember[] members) = Group(1);
        plan.Assign(1, 3);
        plan.PushAll(members[0], now: 1);
        Assert.Equal(freed, plan.Acknowledge(new SequenceRange(first, last)));
        Assert.Equal(3 - freed, plan.PendingCount);
    }

    [Fact]
    public void PushThatFoundNobody_WaitsAndGoesAgainUnflagged()
    {
        (DeliveryPlan plan, PlannedMember[] members) = Group(1);
        plan.Assign(1, 3);
        ulong[] pushed = [.. plan.PushAll(members[0], now: 1).Select(static one => one.Sequence)];
        plan.Return(members[0], pushed, now: 1);
        long until = Assert.NotNull(members[0].ParkedUntil);
        Assert.Equal(until, plan.NextDeadline);
        plan.WakeMembers(until);
        Assert.Equal([(1ul, 0u), (2ul, 0u), (3ul, 0u)], plan.PushAll(members[0], until));
    }

    [Fact]
    public void PushThatMayHaveArrived_GoesAgainFlagged()
    {
        (DeliveryPlan plan, PlannedMember[] members) = Group(1);
        plan.Assign(1, 2);
        plan.PushAll(members[0], now: 1);
        plan.Return(members[0], [1, 2], now: 1, mayHaveArrived: true);
        long until = Assert.NotNull(members[0].ParkedUntil);
        plan.WakeMembers(until);
        Assert.Equal([(1ul, 1u), (2ul, 1u)], plan.PushAll(members[0], until));
    }

    [Fact]
    public void MemberThatNobodyStarts_IsStartedInTheEnd()
    {
        var plan = new DeliveryPlan(isQueueGroup: false);
        PlannedMember member = Plans.NewMember(1);
        (member.IsStarted, member.StartsBy) = (false, 10 * Second);
        plan.AddMember(member);
        plan.Assign(1, 3);
        Assert.Equal((0ul, 10 * Second), (plan.LastSent, plan.NextDeadline));

        plan.WakeMembers((10 * Second) - 1);
        plan.Assign(1, 3);
        Assert.Equal(0ul, plan.LastSent);

        plan.WakeMembers(10 * Second);
        plan.Assign(1, 3);
        Assert.Equal(3, plan.PushAll(member, 10 * Second).Count);
    }

    [Fact]
    public void EvictedMessage_CountsAsAcknowledgedWhenItsAckWaitEnds()
    {
        (DeliveryPlan plan, PlannedMember[] members) = Group(1, maxInFlight: 2);
        plan.Assign(1, 2);
        plan.PushAll(members[0], now: 1);
        plan.Assign(8, 12);
        Assert.Empty(plan.PushAll(members[0], now: 1));
        plan.Expire(2 * Second, firstSequence: 8);
        plan.Assign(8, 12);
        Assert.Equal([(8ul, 0u), (9ul, 0u)], plan.PushAll(members[0], 2 * Second));
    }

    [Fact]
    public void MemberThatDoesNotAnswer_GetsNothing()
    {
        (DeliveryPlan plan, PlannedMember[] members) = Group(2);
        plan.SetHealth(members[0].State.Client, answers: false);
        plan.Assign(1, 4);
        Assert.Empty(plan.PushAll(members[0], now: 1));
        Assert.Equal(4, plan.PushAll(members[1], now: 1).Count);
    }

    [Fact]
    public void MuteSubscriberOfItsOwn_IsNotRedeliveredToUntilItAnswers()
    {
        var plan = new DeliveryPlan(isQueueGroup: false);
        PlannedMember member = Plans.NewMember(1);
        plan.AddMember(member);
        plan.Assign(1, 1);
        plan.PushAll(member, now: 1);
        plan.SetHealth(member.State.Client, answers: false);
        plan.Expire(5 * Second, 1);
        Assert.Empty(plan.PushAll(member, 5 * Second));
        plan.SetHealth(member.State.Client, answers: true);
        plan.Expire(6 * Second, 1);
        Assert.Equal([(1ul, 1u)], plan.PushAll(member, 6 * Second));
    }

    private static (DeliveryPlan Plan, PlannedMember[] Members) Group(int count, int maxInFlight = 10)
    {
        var plan = new DeliveryPlan(isQueueGroup: true);
        PlannedMember[] members = [.. Enumerable.Range(1, count).Select(id => Plans.NewMember((ulong)id, maxInFlight))];
        foreach (PlannedMember member in members) plan.AddMember(member);
        return (plan, members);
    }
}
