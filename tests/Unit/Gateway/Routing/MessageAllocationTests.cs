using Bayou.Gateway.Authorization;
using Bayou.Gateway.Routing;
using Bayou.Unit.Gateway.Connections;
using Bayou.Unit.Gateway.Routes;
using Xunit;

namespace Bayou.Unit.Gateway.Routing;

/// <summary>A message of core NATS allocates nothing once everything is warm, whether its receivers are clients or servers.</summary>
public sealed class MessageAllocationTests : IDisposable
{
    private const int MessageCount = 50_000;
    private const int MaxRounds = 5;

    private readonly SubjectRouter _router = new();
    private readonly FakeClient _publisher;
    private readonly FakeClient _subscriber;
    private readonly FakeRoute _route;
    private int _sent;

    public MessageAllocationTests()
    {
        _publisher = new FakeClient(_router, 1, keepsWrites: false);
        _subscriber = new FakeClient(_router, 2, maxPendingBytes: long.MaxValue, keepsWrites: false);
        _route = new FakeRoute(_router, keepsWrites: false, maxPendingBytes: long.MaxValue).As("N1");
    }

    [Fact]
    public void MessageToAClient_AllocatesNothing()
    {
        _subscriber.Subscribe("a.*");
        _subscriber.Subscribe("a.b", "2", "q");
        Assert.Equal(0, Measure(Publish));
        Assert.Equal(2 * _sent, _subscriber.Outbound.DeliveredMessageCount);
    }

    [Fact]
    public void MessageBetweenClientsWithPermissions_AllocatesNothing()
    {
        _publisher.Restrict(new UserPermissions { Publish = new SubjectPermissions { Allow = ["a.>", "b.*"], Deny = ["a.x"] } });
        _subscriber.Restrict(new UserPermissions { Subscribe = new SubjectPermissions { Allow = ["a.*"], Deny = ["a.x", "a.y"] } });
        Assert.True(_subscriber.Connection.Permissions!.AllowSubscribe("a.*"u8, default));
        _subscriber.Subscribe("a.*");
        Assert.Equal(0, Measure(() =>
        {
            if (_publisher.Connection.Permissions!.AllowPublish("a.b"u8)) Publish();
        }));
        Assert.Equal(_sent, _subscriber.Outbound.DeliveredMessageCount);
    }

    [Fact]
    public void MessageToAServer_AllocatesNothing()
    {
        _route.Want("a.*");
        Assert.Equal(0, Measure(Publish));
        Assert.Equal(_sent, _route.Route.Outbound.DeliveredMessageCount);
    }

    [Fact]
    public void MessageToQueueGroupsOfAServer_AllocatesNothing()
    {
        _route.Want("a.b", "first", 2);
        _route.Want("a.*", "second", 1);
        _subscriber.Subscribe("a.b", "2", "first");
        Assert.Equal(0, Measure(Publish));
    }

    [Fact]
    public void MessageFromAServer_AllocatesNothing()
    {
        _subscriber.Subscribe("a.*");
        _subscriber.Subscribe("a.b", "2", "q");
        Assert.Equal(0, Measure(Receive));
        Assert.Equal(2 * _sent, _subscriber.Outbound.DeliveredMessageCount);
    }

    public void Dispose()
    {
        _publisher.Dispose();
        _subscriber.Dispose();
        _route.Dispose();
    }

    private void Publish()
    {
        MessageDispatcher dispatcher = _publisher.Connection.Dispatcher;
        dispatcher.Dispatch(new PublishedMessage { Publisher = _publisher.Connection, Subject = "a.b"u8, ReplyTo = "r"u8, Payload = "0123456789abcdef"u8, TotalSizeDigits = "16"u8 });
        dispatcher.Flush();
    }

    private void Receive()
    {
        MessageDispatcher dispatcher = _route.Route.Dispatcher;
        var message = new PublishedMessage { Publisher = _route.Route, Subject = "a.b"u8, ReplyTo = "r"u8, Payload = "0123456789abcdef"u8, TotalSizeDigits = "16"u8 };
        dispatcher.DispatchRouted(message, "q p"u8, _route.Route);
        dispatcher.Flush();
    }

    /// <summary>
    /// Bytes that this thread allocates for one message, once everything is warm. Another thread takes what is written; where that was held up for a while, more
    /// buffers were needed once, so the best of some rounds counts.
    /// </summary>
    private double Measure(Action send)
    {
        Send(send);
        double best = double.MaxValue;
        for (int round = 0; round < MaxRounds && best > 0; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            Send(send);
            best = Math.Min(best, (GC.GetAllocatedBytesForCurrentThread() - before) / (double)MessageCount);
        }

        return best;
    }

    private void Send(Action send)
    {
        for (int i = 0; i < MessageCount; i++) send();
        _sent += MessageCount;
    }
}
