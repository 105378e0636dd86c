using Bayou.Grains.Channels;
using Bayou.Grains.Channels.Log;
using Bayou.Grains.Interfaces.Messages;
using Bayou.Grains.Monitoring;
using Bayou.Records;
using Xunit;

namespace Bayou.Unit.Grains.Monitoring;

public sealed class SubscriptionSummaryTests
{
    private static readonly GroupId Group = new(3);

    [Fact]
    public void DurableWithoutReceiver_IsShownAsItsLastOneLeftIt()
    {
        var state = State("dur", queueGroup: "", members: 1, lastSent: 8, pending: 5);
        var leaving = state.Members[0];
        state.Remove(leaving.Id);

        var view = SubscriptionSummary.Of(state, Group).ViewOffline();

        Assert.NotNull(view);
        Assert.Equal(leaving.Client.Value, view.ClientId);
        Assert.Equal(leaving.Inbox, view.Inbox);
        Assert.Equal("dur", view.DurableName);
        Assert.Equal((8UL, 5L, true), (view.LastSent, view.PendingCount, view.IsOffline));
        Assert.True(view.IsStalled, "As many are pending as may be in flight.");
    }

    [Fact]
    public void DurableWithoutReceiver_IsNotStalledBelowItsLimit()
    {
        var state = State("dur", queueGroup: "", members: 1, lastSent: 8, pending: 4);
        state.Remove(state.Members[0].Id);
        Assert.False(SubscriptionSummary.Of(state, Group).ViewOffline()!.IsStalled);
    }

    [Theory]
    [InlineData("", "", "", "")]
    [InlineData("dur", "", "dur", "")]
    [InlineData("", "group", "", "group")]
    [InlineData("dur", "group", "", "dur:group")]
    public void Names_AreShownAsNatsStreamingShowsThem(string durable, string queueGroup, string shownDurable, string shownQueue)
    {
        var state = State(durable, queueGroup, members: 1, lastSent: 0, pending: 0);
        var view = SubscriptionSummary.Of(state, Group).View(state.Members[0], new SubscriptionFigures(0, 0, []));

        Assert.Equal(shownDurable, view.DurableName);
        Assert.Equal(shownQueue, view.QueueName);
        Assert.Equal(durable.Length > 0, view.IsDurable);
    }

    [Fact]
    public void QueueMember_IsShownWithWhatItWasSentItself()
    {
        var state = State("", "group", members: 2, lastSent: 9, pending: 0);
        var figures = new SubscriptionFigures(
            9, 3, [.. state.Members.Select((member, at) => new MemberFigures(member.Id, (ulong)(4 + at), at, IsStalled: at == 1))]);
        var summary = SubscriptionSummary.Of(state, Group);

        Assert.Null(summary.ViewOffline());
        var views = summary.Members.Select(member => summary.View(member, figures)).ToList();
        Assert.Equal([(4UL, 0L, false), (5UL, 1L, true)], views.Select(view => (view.LastSent, view.PendingCount, view.IsStalled)));
    }

    private static SubscriptionState State(string durable, string queueGroup, int members, ulong lastSent, ulong pending)
    {
        var record = new SubscriptionRecord { Number = 1, DurableName = durable, QueueGroup = queueGroup, ClientId = "owner", LastSent = lastSent };
        if (pending > 0)
        {
            record.Pending.Add(new Bayou.Grains.Channels.Log.Range { First = 1, Last = pending });
        }

        for (var member = 1; member <= members; member++)
        {
            record.Members.Add(new MemberRecord
            {
                Id = (ulong)member + 1,
                ClientId = $"client-{member}",
                SessionEpoch = 1,
                Inbox = $"_INBOX.{member}",
                MaxInFlight = 5,
                AckWaitSeconds = 30,
            });
        }

        return SubscriptionState.From(record);
    }
}
