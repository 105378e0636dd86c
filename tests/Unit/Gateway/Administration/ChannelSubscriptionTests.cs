using Bayou.Gateway.Administration;
using Bayou.Grains.Interfaces.Messages;
using Xunit;

namespace Bayou.Unit.Gateway.Administration;

/// <summary>What operators are shown of subscriptions, from what channels say of their members.</summary>
public sealed class ChannelSubscriptionTests
{
    [Fact]
    public void MembersOfAGroup_AreOneSubscriptionWithItsOwnFigures()
    {
        var group = Assert.Single(All(
            Member("ann", queue: "workers") with { LastSent = 4, PendingCount = 1, SubscriptionLastSent = 6, SubscriptionPendingCount = 3 },
            Member("bob", queue: "workers") with { LastSent = 6, PendingCount = 1, SubscriptionLastSent = 6, SubscriptionPendingCount = 3 }));
        Assert.Equal((null, "workers", 6ul, 4ul, 3L), (group.DurableName, group.QueueGroup, group.LastSent, group.Lag, group.Pending));
        Assert.Equal(["ann 4 1", "bob 6 1"], group.Members.Select(static member => $"{member.ClientId} {member.LastSent} {member.Pending}"));
    }

    [Fact]
    public void Subscriptions_AreToldApartByTheirNumbers() =>
        Assert.Equal(2, All(Member("ann"), Member("ann") with { Subscription = 2 }).Count);

    [Theory]
    [InlineData("work", "", true, "work", null)]
    [InlineData("", "workers", false, null, "workers")]
    [InlineData("", "work:workers", true, "work", "workers")]
    [InlineData("", "work:a:b", true, "work", "a:b")]
    [InlineData("", "a:b", false, null, "a:b")]
    [InlineData("", "", false, null, null)]
    public void Names_AreThoseOfTheSubscribers(string durable, string queue, bool isDurable, string? durableName, string? queueGroup)
    {
        var subscription = Assert.Single(All(Member("ann", durable, queue) with { IsDurable = isDurable }));
        Assert.Equal((durableName, queueGroup), (subscription.DurableName, subscription.QueueGroup));
    }

    [Theory]
    [InlineData(0, 1, 10, 10)]
    [InlineData(4, 1, 10, 6)]
    [InlineData(10, 1, 10, 0)]
    [InlineData(4, 8, 10, 3)]
    [InlineData(4, 11, 10, 0)]
    [InlineData(0, 0, 0, 0)]
    [InlineData(12, 1, 10, 0)]
    public void Lag_IsWhatIsThereAndWasNotSent(ulong lastSent, ulong first, ulong last, ulong lag)
    {
        var channel = new ChannelFigures("orders", 0, 0, first, last, 1, [Member("ann") with { SubscriptionLastSent = lastSent }]);
        Assert.Equal(lag, Assert.Single(ChannelSubscription.AllOf(channel)).Lag);
    }

    [Fact]
    public void State_IsThatOfTheBestMember()
    {
        var stalled = Member("ann") with { IsStalled = true };
        Assert.Equal(SubscriptionState.Stalled, Assert.Single(All(stalled)).State);
        Assert.Equal(SubscriptionState.Active, Assert.Single(All(stalled, Member("bob"))).State);
        Assert.Equal(SubscriptionState.Offline, Assert.Single(All(stalled with { IsOffline = true })).State);
    }

    private static List<ChannelSubscription> All(params MemberView[] members) =>
        [.. ChannelSubscription.AllOf(new ChannelFigures("orders", 10, 0, 1, 10, members.Length, members))];

    private static MemberView Member(string client, string durable = "", string queue = "") =>
        new(client, "_INBOX.a", "_INBOX.b", durable, queue, IsDurable: false, IsOffline: false, 16, 30, 0, 0, IsStalled: false) { Subscription = 1 };
}
