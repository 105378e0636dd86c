using Bayou.Gateway.Connections;
using Bayou.Gateway.Routes;
using Bayou.Gateway.Routing;
using Bayou.Unit.Gateway.Connections;
using Xunit;

namespace Bayou.Unit.Gateway.Routes;

public sealed class LocalInterestTests : IDisposable
{
    private readonly LocalInterest _interest = new();
    private readonly SubjectRouter _router;
    private readonly FakeClient _client;
    private readonly FakeRoute _route;

    public LocalInterestTests()
    {
        _router = new SubjectRouter(_interest);
        _client = new FakeClient(_router);
        _route = new FakeRoute(_router).As("N1");
    }

    [Fact]
    public void PlainInterest_IsToldWhenItBeginsAndWhenItEnds()
    {
        _interest.Join(_route.Route);
        ClientSubscription first = _client.Subscribe("a.*", "1");
        ClientSubscription second = _client.Subscribe("a.*", "2");
        Assert.Equal(["RS+ $G a.*"], _route.TakeLines());
        _client.Connection.Subscriptions.Remove(first);
        Assert.Empty(_route.TakeLines());
        _client.Connection.Subscriptions.Remove(second);
        Assert.Equal(["RS- $G a.*"], _route.TakeLines());
    }

    [Fact]
    public void QueueGroup_IsToldWithEachChangeOfItsWeight()
    {
        _interest.Join(_route.Route);
        _client.Subscribe("a", "1", "q");
        _client.Subscribe("a", "2", "q");
        _client.Subscribe("a", "3", "other");
        _client.Connection.OnEnded();
        Assert.Equal(
            ["RS+ $G a q 1", "RS+ $G a q 2", "RS+ $G a other 1", "RS+ $G a q 1", "RS- $G a q", "RS- $G a other"],
            _route.TakeLines());
    }

    [Fact]
    public void RouteThatJoins_IsToldEverything()
    {
        _client.Subscribe("a", "1");
        _client.Subscribe("a", "2");
        _client.Subscribe("b", "3", "q");
        _client.Subscribe("b", "4", "q");
        _interest.Join(_route.Route);
        Assert.Equal(["RS+ $G a", "RS+ $G b q 2"], _route.TakeLines().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void RouteThatLeft_IsToldNothing()
    {
        _interest.Join(_route.Route);
        _interest.Leave(_route.Route);
        _client.Subscribe("a");
        Assert.Empty(_route.TakeLines());
    }

    [Fact]
    public void PartOfTheServer_IsToldToOthersOnlyIfItServesTheCluster()
    {
        _interest.Join(_route.Route);
        _router.Subscribe("_STAN.pub.>"u8, new Silent());
        InternalSubscription inbox = _router.Subscribe("_INBOX.heartbeats.*"u8, new Silent(), scope: InterestScope.Cluster);
        Assert.Equal(["RS+ $G _INBOX.heartbeats.*"], _route.TakeLines());
        _router.Unsubscribe(inbox);
        Assert.Equal(["RS- $G _INBOX.heartbeats.*"], _route.TakeLines());
    }

    [Fact]
    public void ServedRoute_HearsOfWhatOnlyItsOwnClientsLackAndOfNothingTwice()
    {
        _interest.Join(_route.Route);
        InternalSubscription own = _router.Subscribe("_STAN.pub.>"u8, new Silent());
        _router.Subscribe("_STAN.sub"u8, new Silent());
        ClientSubscription curious = _client.Subscribe("_STAN.sub");
        Assert.Equal(["RS+ $G _STAN.sub"], _route.TakeLines());

        _interest.Serve(_route.Route, isServed: true);
        Assert.Equal(["RS+ $G _STAN.pub.>"], _route.TakeLines());
        _client.Connection.Subscriptions.Remove(curious);
        Assert.Empty(_route.TakeLines());
        _router.Unsubscribe(own);
        Assert.Equal(["RS- $G _STAN.pub.>"], _route.TakeLines());
        _interest.Serve(_route.Route, isServed: false);
        Assert.Equal(["RS- $G _STAN.sub"], _route.TakeLines());
    }

    [Fact]
    public void RouteThatTakesNothing_IsClosedAtTheLimit()
    {
        using var stuck = new FakeRoute(_router, maxPendingBytes: 100);
        stuck.Transport.Block();
        _interest.Join(stuck.Route);
        for (int i = 0; i < 20; i++) _client.Subscribe($"subject.{i}", $"{i}");
        Assert.True(stuck.Transport.IsAborted);
        Assert.Equal(ClosedReason.SlowConsumerPendingBytes, stuck.Route.ClosedReason);
    }

    public void Dispose()
    {
        _client.Dispose();
        _route.Dispose();
    }

    private sealed class Silent : IInternalSubscriber
    {
        public void OnMessage(in PublishedMessage message)
        {
        }

        public void OnReadCompleted(Connection publisher)
        {
        }
    }
}
