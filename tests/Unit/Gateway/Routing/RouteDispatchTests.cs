using System.Text;
using Bayou.Gateway.Authorization;
using Bayou.Gateway.Connections;
using Bayou.Gateway.Routing;
using Bayou.Unit.Gateway.Connections;
using Bayou.Unit.Gateway.Routes;
using Xunit;

namespace Bayou.Unit.Gateway.Routing;

/// <summary>Which servers a message goes to, and with what words.</summary>
public sealed class RouteDispatchTests : IDisposable
{
    private readonly SubjectRouter _router = new();
    private readonly FakeClient _client;
    private readonly FakeRoute _one;
    private readonly FakeRoute _two;

    public RouteDispatchTests()
    {
        _client = new FakeClient(_router);
        _one = new FakeRoute(_router).As("N1");
        _two = new FakeRoute(_router).As("N2");
    }

    [Fact]
    public void ServerWithInterest_GetsOneCopyHoweverManyOfItsSubscriptionsMatch()
    {
        _one.Want("a.*");
        _one.Want("a.>");
        _two.Want("b");
        Assert.Equal(1, Publish("a.b", "hi", reply: "r").ReceiverCount);
        Assert.Equal(["RMSG $G a.b r 2", "hi"], _one.TakeLines());
        Assert.Empty(_two.TakeLines());
        _one.EndInterest("a.*");
        _one.EndInterest("a.>");
        Assert.Equal(0, Publish("a.b", "hi").ReceiverCount);
    }

    [Fact]
    public void ServerWithoutHeaders_GetsTheBareMessage()
    {
        _one.Want("a");
        _two.Want("a");
        _two.Route.Remote = _two.Route.Remote! with { Headers = false };
        _client.Connection.Dispatcher.Dispatch(new PublishedMessage
        {
            Publisher = _client.Connection,
            Subject = "a"u8,
            Headers = "NATS/1.0\r\n\r\n"u8,
            Payload = "hi"u8,
            HeaderSizeDigits = "12"u8,
            TotalSizeDigits = "14"u8,
        });
        _client.Connection.Dispatcher.Flush();
        Assert.Equal(["HMSG $G a 12 14", "NATS/1.0", "hi"], _one.TakeLines());
        Assert.Equal(["RMSG $G a 2", "hi"], _two.TakeLines());
    }

    [Fact]
    public void QueueGroup_IsServedOnceByTheServerThatIsNamed()
    {
        _one.Want("a", "q", 1);
        _one.Want("a", "p", 1);
        _one.Want("a");
        Assert.Equal(1, Publish("a", "hi").ReceiverCount);
        string[] lines = _one.TakeLines();
        Assert.Equal("hi", lines[1]);
        Assert.Equal("RMSG $G a | p q 2", string.Join(' ', lines[0].Split(' ')[..4]) + " " + string.Join(' ', lines[0].Split(' ')[4..^1].Order(StringComparer.Ordinal)) + " 2");
        Publish("a", "hi", reply: "r");
        Assert.StartsWith("RMSG $G a + r ", _one.TakeLines()[0], StringComparison.Ordinal);
    }

    [Fact]
    public void MembersOfTheWholeCluster_AreChosenAlike()
    {
        const int Count = 10_000;
        _client.Subscribe("a", "1", "q");
        _one.Want("a", "q", 3);
        _two.Want("a", "q", 1);
        for (int i = 0; i < Count; i++) Assert.Equal(1, Publish("a", "").ReceiverCount);
        int here = _client.Transport.Written.Split("MSG a 1 0").Length - 1;
        int atOne = _one.TakeLines().Length;
        int atTwo = _two.TakeLines().Length;
        Assert.Equal(Count, here + atOne + atTwo);
        Assert.InRange(here, Count / 5 * 0.85, Count / 5 * 1.15);
        Assert.InRange(atOne, Count * 3 / 5 * 0.92, Count * 3 / 5 * 1.08);
        Assert.InRange(atTwo, Count / 5 * 0.85, Count / 5 * 1.15);
    }

    [Fact]
    public void WeightThatChanges_ChangesTheChoice()
    {
        _one.Want("a", "q", 1);
        _two.Want("a", "q", 1);
        Publish("a", "");
        _one.Want("a", "q", 1_000_000);
        _one.TakeLines();
        for (int i = 0; i < 100; i++) Publish("a", "");
        Assert.InRange(_one.TakeLines().Length, 95, 100);
    }

    /// <summary>As a publisher sees it that chooses while another thread takes members out.</summary>
    [Fact]
    public void WeightThatSinksDuringTheChoice_LosesNothing()
    {
        _one.Want("a", "q", 1000);
        Publish("a", "");
        Assert.Single(_one.Route.Subscriptions.Snapshot()).Weight = 1;
        for (int i = 0; i < 20; i++) Assert.Equal(1, Publish("a", "").ReceiverCount);
    }

    [Fact]
    public void MemberThatCannotTakeItsTurn_IsReplacedByAnotherServer()
    {
        _client.Subscribe("a", "1", "q");
        _client.Connection.Options = _client.Connection.Options with { Echo = false };
        _one.Want("a", "q", 1);
        for (int i = 0; i < 20; i++)
        {
            _client.Connection.Dispatcher.Dispatch(new PublishedMessage { Publisher = _client.Connection, Subject = "a"u8, TotalSizeDigits = "0"u8 });
        }

        _client.Connection.Dispatcher.Flush();
        Assert.Equal(20, _one.TakeLines().Length);
    }

    [Fact]
    public void MessageFromARoute_StaysOnThisServer()
    {
        _one.Want("a");
        _two.Want("a");
        _two.Want("a", "q", 1);
        _client.Subscribe("a", "1");
        _client.Subscribe("a", "2", "q");
        _client.Subscribe("a", "3", "p");
        Receive("a", "hi", queueGroups: "");
        Assert.Equal("MSG a 1 2\r\nhi\r\n", TakeReceived());
        Receive("a", "hi", queueGroups: "x q");
        Assert.Equal("MSG a 1 2\r\nhi\r\nMSG a 2 2\r\nhi\r\n", TakeReceived());
        Assert.Empty(_one.TakeLines());
        Assert.Empty(_two.TakeLines());
    }

    [Fact]
    public void MessageFromARoute_IsKeptFromAClientThatMayNotSeeIt()
    {
        _client.Restrict(new UserPermissions { Subscribe = new SubjectPermissions { Deny = ["a.secret"] }, Publish = new SubjectPermissions { Allow = ["x"] } });
        Assert.True(_client.Connection.Permissions!.AllowSubscribe("a.*"u8, default));
        _client.Subscribe("a.*", "1");
        Receive("a.secret", "hi", queueGroups: "");
        Receive("a.open", "hi", queueGroups: "");
        Assert.Equal("MSG a.open 1 2\r\nhi\r\n", TakeReceived());
    }

    [Fact]
    public void GroupWithoutAMemberHere_GetsNothingFromARoute()
    {
        _two.Want("a", "q", 5);
        Receive("a", "hi", queueGroups: "q");
        Assert.Empty(_two.TakeLines());
    }

    [Fact]
    public void PartOfTheServer_TakesFromRoutesOnlyWhatIsMeantForIt()
    {
        var own = new Counter();
        var shared = new Counter();
        _router.Subscribe("a"u8, own);
        _router.Subscribe("a"u8, shared, scope: InterestScope.Cluster);
        Receive("a", "hi", queueGroups: "");
        Assert.Equal((0, 1), (own.Count, shared.Count));
        _one.Route.IsServed = true;
        Receive("a", "hi", queueGroups: "");
        Assert.Equal((1, 2), (own.Count, shared.Count));
        Publish("a", "hi");
        Assert.Equal((2, 3), (own.Count, shared.Count));
    }

    [Fact]
    public void RouteThatEnds_TakesItsInterestAlong()
    {
        _one.Want("a");
        _one.Want("b.*", "q", 2);
        _one.Route.OnEnded();
        Assert.Equal(0, Publish("a", "").ReceiverCount);
        Assert.Equal(0, Publish("b.c", "").ReceiverCount);
        Assert.Equal(0, _router.Tree.GetStatistics().Count);
    }

    [Fact]
    public void ReceiverThatFallsBehind_MayBeAServer()
    {
        _one.Transport.Block();
        _one.Want("a");
        Publish("a", "first");
        Assert.Same(_one.Route, Publish("a", "second").MostPending);
    }

    public void Dispose()
    {
        _client.Dispose();
        _one.Dispose();
        _two.Dispose();
    }

    private PublishOutcome Publish(string subject, string payload, string reply = "")
    {
        MessageDispatcher dispatcher = _client.Connection.Dispatcher;
        PublishOutcome outcome = dispatcher.Dispatch(new PublishedMessage
        {
            Publisher = _client.Connection,
            Subject = Encoding.ASCII.GetBytes(subject),
            ReplyTo = Encoding.ASCII.GetBytes(reply),
            Payload = Encoding.ASCII.GetBytes(payload),
            TotalSizeDigits = Encoding.ASCII.GetBytes($"{payload.Length}"),
        });
        dispatcher.Flush();
        return outcome;
    }

    private void Receive(string subject, string payload, string queueGroups)
    {
        MessageDispatcher dispatcher = _one.Route.Dispatcher;
        var message = new PublishedMessage
        {
            Publisher = _one.Route,
            Subject = Encoding.ASCII.GetBytes(subject),
            Payload = Encoding.ASCII.GetBytes(payload),
            TotalSizeDigits = Encoding.ASCII.GetBytes($"{payload.Length}"),
        };
        dispatcher.DispatchRouted(message, Encoding.ASCII.GetBytes(queueGroups), _one.Route);
        dispatcher.CompleteRead(_one.Route);
        dispatcher.Flush();
    }

    private string TakeReceived()
    {
        string received = _client.Transport.Written;
        _client.Transport.Writes.Clear();
        return received;
    }

    private sealed class Counter : IInternalSubscriber
    {
        public int Count { get; private set; }

        public void OnMessage(in PublishedMessage message) => Count++;

        public void OnReadCompleted(Connection publisher)
        {
        }
    }
}
