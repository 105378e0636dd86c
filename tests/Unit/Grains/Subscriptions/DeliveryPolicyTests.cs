using Bayou.Grains.Channels;
using Bayou.Grains.Interfaces;
using Bayou.Grains.Interfaces.Messages;
using Bayou.Grains.Subscriptions;
using Xunit;

namespace Bayou.Unit.Grains.Subscriptions;

/// <summary>What a channel's policy changes in the delivery plan.</summary>
public sealed class DeliveryPolicyTests
{
    private const long Second = TimeSpan.TicksPerSecond;

    private static readonly DeliveryPolicy SingleActive = new() { IsSingleActive = true };
    private static readonly DeliveryPolicy Waits = new() { RedeliveryWaits = [TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(5)] };

    [Fact]
    public void NarrowestEntry_CountsAsAWhole()
    {
        var options = new StreamingOptions
        {
            DeliveryPolicies = new Dictionary<string, DeliveryPolicy> { ["orders.new"] = SingleActive, ["orders.*"] = Waits, [">"] = new() { RedeliveryWaits = [TimeSpan.FromDays(1)] } },
        };
        Assert.Same(SingleActive, DeliveryPolicyResolver.Resolve(options, "orders.new"));
        Assert.Same(Waits, DeliveryPolicyResolver.Resolve(options, "orders.old"));
        Assert.Equal(TimeSpan.FromDays(1), Assert.Single(DeliveryPolicyResolver.Resolve(options, "other").RedeliveryWaits));
        Assert.Same(DeliveryPolicy.Default, DeliveryPolicyResolver.Resolve(new StreamingOptions(), "other"));
    }

    [Fact]
    public void RedeliveryWaits_GrowWithEachRedelivery_AndTheLastOneHolds()
    {
        (DeliveryPlan plan, PlannedMember[] members) = Plan(isQueueGroup: false, Waits, 1);
        plan.Assign(1, 1);
        long now = Second;
        foreach (long wait in (long[])[2, 5, 5])
        {
            plan.PushAll(members[0], now);
            Assert.Equal(now + (wait * Second), plan.NextDeadline);
            plan.Expire(now += wait * Second, 1);
        }

        Assert.Equal([(1ul, 3u)], plan.PushAll(members[0], now));
    }

    [Fact]
    public void LongerAckWaitOfTheSubscriber_IsKept()
    {
        var plan = new DeliveryPlan(isQueueGroup: false, Waits);
        PlannedMember member = Plans.NewMember(1, ackWaitSeconds: 3);
        plan.AddMember(member);
        plan.Assign(1, 1);
        plan.PushAll(member, now: Second);
        Assert.Equal(4 * Second, plan.NextDeadline);
    }

    [Fact]
    public void SingleActive_TheOldestGetsEverything_AndItsRedeliveriesToo()
    {
        (DeliveryPlan plan, PlannedMember[] members) = Plan(isQueueGroup: true, SingleActive, 3);
        plan.Assign(1, 4);
        Assert.Equal([1ul, 2ul, 3ul, 4ul], Sequences(plan, members[0], now: 1));
        plan.Expire(2 * Second, 1);
        Assert.Equal([1ul, 2ul, 3ul, 4ul], Sequences(plan, members[0], now: 2 * Second));
        Assert.Empty(Sequences(plan, members[1], now: 2 * Second));
    }

    [Fact]
    public void SingleActive_StandbysDoNotHelpOneThatIsStalled()
    {
        (DeliveryPlan plan, PlannedMember[] members) = Plan(isQueueGroup: true, SingleActive, 2, maxInFlight: 2);
        Assert.Equal(2ul, plan.Reach);
        plan.Assign(1, 10);
        Assert.Equal(2ul, plan.LastSent);
        Assert.Equal(0, members[1].PendingCount);
    }

    [Fact]
    public void SingleActive_NextInLineBeginsWithWhatTheFormerHadNotAcknowledged_WhenThatLeaves()
    {
        (DeliveryPlan plan, PlannedMember[] members) = Plan(isQueueGroup: true, SingleActive, 3);
        plan.Assign(1, 3);
        plan.PushAll(members[0], now: 1);
        plan.Acknowledge(new SequenceRange(2, 2));
        plan.RemoveMember(members[0]);
        plan.Assign(1, 5);
        Assert.Equal([(1ul, 1u), (3ul, 1u), (4ul, 0u), (5ul, 0u)], plan.PushAll(members[1], now: 2));
    }

    [Fact]
    public void SingleActive_NextInLineTakesOver_WhenTheFormerDoesNotAnswer_AndKeepsWhatItHas()
    {
        (DeliveryPlan plan, PlannedMember[] members) = Plan(isQueueGroup: true, SingleActive, 2);
        plan.Assign(1, 2);
        plan.PushAll(members[0], now: 1);
        plan.SetHealth(members[0].State.Client, answers: false);
        plan.Assign(1, 3);
        Assert.Equal([(1ul, 1u), (2ul, 1u), (3ul, 0u)], plan.PushAll(members[1], now: 2));
        Assert.Equal(0, members[0].PendingCount);

        plan.SetHealth(members[0].State.Client, answers: true);
        plan.Assign(1, 4);
        Assert.Equal([4ul], Sequences(plan, members[1], now: 3));
        Assert.Empty(Sequences(plan, members[0], now: 3));
    }

    [Fact]
    public void SingleActive_OneThatDoesNotAnswer_StaysWhereNobodyElseDoes()
    {
        (DeliveryPlan plan, PlannedMember[] members) = Plan(isQueueGroup: true, SingleActive, 2);
        plan.SetHealth(members[1].State.Client, answers: false);
        plan.SetHealth(members[0].State.Client, answers: false);
        plan.Assign(1, 2);
        Assert.Equal(0ul, plan.LastSent);
        plan.SetHealth(members[0].State.Client, answers: true);
        plan.Assign(1, 2);
        Assert.Equal([1ul, 2ul], Sequences(plan, members[0], now: 1));
    }

    [Fact]
    public void SingleActive_MeansNothingOutsideOfQueueGroups()
    {
        (DeliveryPlan plan, PlannedMember[] members) = Plan(isQueueGroup: false, SingleActive, 1);
        plan.Assign(1, 2);
        Assert.Equal([1ul, 2ul], Sequences(plan, members[0], now: 1));
    }

    private static (DeliveryPlan Plan, PlannedMember[] Members) Plan(bool isQueueGroup, DeliveryPolicy policy, int members, int maxInFlight = 10)
    {
        var plan = new DeliveryPlan(isQueueGroup, policy);
        PlannedMember[] planned = [.. Enumerable.Range(1, members).Select(id => Plans.NewMember((ulong)id, maxInFlight))];
        foreach (PlannedMember member in planned) plan.AddMember(member);
        return (plan, planned);
    }

    private static ulong[] Sequences(DeliveryPlan plan, PlannedMember member, long now) => [.. plan.PushAll(member, now).Select(static pushed => pushed.Sequence)];
}
