using System.Text;
using Bayou.Gateway.Authorization;
using Bayou.Gateway.Connections;
using Bayou.Gateway.Routing;
using Bayou.Unit.Gateway.Connections;
using Xunit;

namespace Bayou.Unit.Gateway.Routing;

public sealed class MessageDispatcherTests
{
    private readonly SubjectRouter _router = new();

    [Fact]
    public void QueueGroup_GivesEveryMemberItsShare()
    {
        const int MemberCount = 4;
        const int MessageCount = 8000;
        FakeClient[] members = [.. Enumerable.Range(1, MemberCount).Select(id => new FakeClient(_router, (ulong)id))];
        foreach (FakeClient member in members) member.Subscribe("a", queueGroup: "g");
        InternalPublisher publisher = _router.CreatePublisher();
        for (int i = 0; i < MessageCount; i++) Assert.Equal(1, publisher.Publish("a"u8, default, "x"u8).ReceiverCount);

        const double Expected = (double)MessageCount / MemberCount;
        Assert.Equal(MessageCount, members.Sum(static member => member.Outbound.DeliveredMessageCount));
        Assert.True(members.Sum(static member => Math.Pow(member.Outbound.DeliveredMessageCount - Expected, 2) / Expected) < 21.1);
        foreach (FakeClient member in members) member.Dispose();
    }

    [Fact]
    public void QueueMemberThatIsClosed_IsPassedOver()
    {
        using var closed = new FakeClient(_router, 1);
        using var open = new FakeClient(_router, 2);
        closed.Subscribe("a", queueGroup: "g");
        open.Subscribe("a", queueGroup: "g");
        closed.Connection.Close(ClosedReason.ServerShutdown);
        for (int i = 0; i < 50; i++) Assert.Equal(1, open.Publish("a").ReceiverCount);
        Assert.Equal(50, open.Outbound.DeliveredMessageCount);
    }

    [Fact]
    public void QueueMemberThatMayNotSeeAMessage_IsPassedOver()
    {
        using var restricted = new FakeClient(_router, 1);
        using var open = new FakeClient(_router, 2);
        restricted.Restrict(new UserPermissions { Subscribe = new SubjectPermissions { Deny = ["a.secret"] } });
        Assert.True(restricted.Connection.Permissions!.AllowSubscribe("a.*"u8, "g"u8));
        restricted.Subscribe("a.*", queueGroup: "g");
        open.Subscribe("a.*", queueGroup: "g");
        for (int i = 0; i < 50; i++) Assert.Equal(1, open.Publish("a.secret").ReceiverCount);
        Assert.Equal((0, 50), (restricted.Outbound.DeliveredMessageCount, open.Outbound.DeliveredMessageCount));
        for (int i = 0; i < 50; i++) open.Publish("a.open");
        Assert.Equal(100, restricted.Outbound.DeliveredMessageCount + open.Outbound.DeliveredMessageCount);
        Assert.True(restricted.Outbound.DeliveredMessageCount > 0);
    }

    [Fact]
    public void InternalSubscriber_CountsAsReceiverAndOrdinaryOnesGetTheirCopies()
    {
        using var client = new FakeClient(_router);
        client.Subscribe("_STAN.>");
        var own = new RecordingSubscriber();
        InternalSubscription subscription = _router.Subscribe("_STAN.*"u8, own, static subject => !subject.EndsWith("x"u8));
        Assert.Equal(2, client.Publish("_STAN.a", "hi").ReceiverCount);
        Assert.Equal(1, client.Publish("_STAN.x", "hi").ReceiverCount);
        Assert.Equal(["_STAN.a hi"], own.Messages);
        _router.Unsubscribe(subscription);
        Assert.Equal(1, client.Publish("_STAN.a", "hi").ReceiverCount);
    }

    [Fact]
    public void Outcome_NamesTheReceiverWithMostPending()
    {
        using var behind = new FakeClient(_router, 1);
        using var idle = new FakeClient(_router, 2);
        behind.Subscribe("a");
        behind.Subscribe("b", "2");
        idle.Subscribe("b");
        InternalPublisher publisher = _router.CreatePublisher();
        publisher.Publish("a"u8, default, "much more than nothing"u8);
        PublishOutcome outcome = publisher.Publish("b"u8, default, "x"u8);
        Assert.Equal(new PublishOutcome(2, behind.Connection), outcome);
        Assert.Equal(default, publisher.Publish("nobody"u8, default, "x"u8));
    }

    [Fact]
    public void ClosedCallback_RunsOnceAlsoWhenRegisteredLate()
    {
        using var client = new FakeClient(_router);
        int calls = 0;
        client.Subscribe("a");
        client.Connection.RegisterClosed(_ =>
        {
            calls++;
            Assert.Equal(0, client.Connection.Subscriptions.Count);
        });
        client.Connection.OnEnded();
        client.Connection.OnEnded();
        Assert.Equal(1, calls);
        client.Connection.RegisterClosed(_ => calls++);
        Assert.Equal(2, calls);
    }

    private sealed class RecordingSubscriber : IInternalSubscriber
    {
        public List<string> Messages { get; } = [];

        public void OnMessage(in PublishedMessage message) =>
            Messages.Add($"{Encoding.ASCII.GetString(message.Subject)} {Encoding.ASCII.GetString(message.Payload)}");

        public void OnReadCompleted(Connection publisher) => throw new InvalidOperationException("The server itself has no reads.");
    }
}
