using Bayou.Simulation.Engine;
using Bayou.Simulation.Network;
using Xunit;

namespace Bayou.Simulation.Tests.Network;

public sealed class VirtualNetworkTests : IDisposable
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly EventLoop _loop = new();
    private readonly VirtualNetwork _network;
    private readonly Dictionary<string, Machine> _machines = [];

    public VirtualNetworkTests()
    {
        _network = new VirtualNetwork(_loop, new Random(7));
        foreach (var name in (string[])["n1", "n2", "n3"])
        {
            Start(name);
        }

        _loop.RunUntil(Second);
    }

    public void Dispose() => _loop.Dispose();

    [Fact]
    public void GoodNetwork_DeliversEverythingOnceAndInOrder()
    {
        Send("n1", "n2", 100);
        Assert.Equal(Enumerable.Range(0, 100), _machines["n2"].From("n1"));
        Assert.Empty(_machines["n3"].From("n1"));
    }

    [Fact]
    public void Lanes_AreInOrderEachByItself()
    {
        for (var i = 0; i < 200; i++)
        {
            _network.Send("n1", "n2", (Lane)(i % 3), [(byte)i]);
        }

        _loop.RunUntil(_loop.Now + Second);
        var received = _machines["n2"].From("n1");
        Assert.Equal(200, received.Count);
        Assert.NotEqual(received.Order(), received);
        foreach (var lane in received.GroupBy(static number => number % 3))
        {
            Assert.Equal(lane.Order(), lane);
        }
    }

    [Fact]
    public void Loss_TakesItsPart()
    {
        _network.Conditions = NetworkConditions.Good with { Loss = 0.3 };
        Send("n1", "n2", 250);
        Send("n1", "n2", 250);
        Assert.InRange(_machines["n2"].From("n1").Count, 300, 400);
    }

    [Fact]
    public void Duplication_RepeatsItsPart()
    {
        _network.Conditions = NetworkConditions.Good with { Duplication = 0.5 };
        Send("n1", "n2", 250);
        Assert.Equal(250, _machines["n2"].From("n1").Distinct().Count());
        var early = _machines["n2"].From("n1").Count;
        _loop.RunUntil(_loop.Now + (Second * 5));
        Assert.InRange(_machines["n2"].From("n1").Count, 340, 410);
        Assert.InRange(_machines["n2"].From("n1").Count - early, 5, 50);
    }

    [Fact]
    public void Reordering_LetsLaterFramesOvertake()
    {
        var overtaken = 0;
        _network.OnFate = fate => overtaken += fate == FrameFate.Overtaken ? 1 : 0;
        _network.Conditions = NetworkConditions.Good with { Reordering = 0.2 };
        Send("n1", "n2", 200);
        var received = _machines["n2"].From("n1");
        Assert.Equal(200, received.Count);
        Assert.NotEqual(received.Order(), received);
        Assert.InRange(overtaken, 20, 60);
    }

    [Fact]
    public void CutDirection_LetsOnlyTheOtherPass()
    {
        _network.Send("n1", "n2", Lane.Control, [99]);
        _network.Cut("n1", "n2");
        Send("n1", "n2", 3);
        Send("n2", "n1", 3);
        Assert.Empty(_machines["n2"].From("n1"));
        Assert.Equal([0, 1, 2], _machines["n1"].From("n2"));
        _network.Heal();
        Send("n1", "n2", 3);
        Assert.Equal([0, 1, 2], _machines["n2"].From("n1"));
    }

    [Fact]
    public void ClogggedDirection_DeliversLater()
    {
        _network.Clog("n1", "n2", Second * 3);
        Send("n1", "n2", 3);
        Assert.Empty(_machines["n2"].From("n1"));
        _loop.RunUntil(_loop.Now + (Second * 3));
        Assert.Equal([0, 1, 2], _machines["n2"].From("n1"));
    }

    [Fact]
    public void BulkLane_TakesTimeForItsBytes()
    {
        _network.Conditions = NetworkConditions.Good with { BulkBytesPerSecond = 1000 };
        _network.Send("n1", "n2", Lane.Bulk, new byte[2000]);
        _loop.RunUntil(_loop.Now + (Second * 1.9));
        Assert.Empty(_machines["n2"].From("n1"));
        _loop.RunUntil(_loop.Now + (Second * 0.2));
        Assert.Single(_machines["n2"].From("n1"));
    }

    [Fact]
    public void PausedProcess_GetsItsFramesWhenItGoesOn()
    {
        _machines["n2"].Process.Pause();
        Send("n1", "n2", 3);
        Assert.Empty(_machines["n2"].From("n1"));
        _machines["n2"].Process.Resume();
        _loop.RunUntil(_loop.Now + Second);
        Assert.Equal([0, 1, 2], _machines["n2"].From("n1"));
    }

    [Fact]
    public void EverybodyHearsOfEverybody() =>
        Assert.All(_machines.Values, machine => Assert.Equal(2, machine.Links.Count(static link => link.EndsWith("up", StringComparison.Ordinal))));

    [Fact]
    public void EndedProcess_IsNoticedAtOnceAndItsSuccessorToo()
    {
        _machines["n2"].Links.Clear();
        _machines["n1"].Process.End();
        _loop.RunUntil(_loop.Now + TimeSpan.FromMilliseconds(20));
        Assert.Equal(["n1 down"], _machines["n2"].Links);
        Start("n1");
        _loop.RunUntil(_loop.Now + Second);
        Assert.Equal(["n1 down", "n1 up"], _machines["n2"].Links);
    }

    [Fact]
    public void QuickRestart_IsADownAndAnUp()
    {
        _machines["n2"].Links.Clear();
        _machines["n1"].Process.End();
        Start("n1");
        _loop.RunUntil(_loop.Now + Second);
        Assert.Equal(["n1 down", "n1 up"], _machines["n2"].Links);
        Assert.Equal(["n2 up", "n3 up"], _machines["n1"].Links.Order());
    }

    [Fact]
    public void Silence_IsNoticedLate()
    {
        _machines["n2"].Links.Clear();
        _network.Cut("n1", "n2");
        _loop.RunUntil(_loop.Now + TimeSpan.FromMilliseconds(600));
        Assert.Empty(_machines["n2"].Links);
        _loop.RunUntil(_loop.Now + (Second * 10));
        Assert.Equal(["n1 down"], _machines["n2"].Links);
        _network.Heal();
        _loop.RunUntil(_loop.Now + Second);
        Assert.Equal(["n1 down", "n1 up"], _machines["n2"].Links);
    }

    [Fact]
    public void ShortSilence_IsNotNoticed()
    {
        _machines["n2"].Links.Clear();
        _network.Cut("n1", "n2");
        _loop.RunUntil(_loop.Now + TimeSpan.FromMilliseconds(300));
        _network.Heal();
        _loop.RunUntil(_loop.Now + (Second * 10));
        Assert.Empty(_machines["n2"].Links);
    }

    [Fact]
    public void FrameOfALostMachine_NeverArrives()
    {
        _network.Send("n1", "n2", Lane.Control, [1]);
        _machines["n1"].Process.End();
        _network.Send("n1", "n3", Lane.Control, [1]);
        _network.Forget("n1");
        _loop.RunUntil(_loop.Now + Second);
        Assert.Empty(_machines["n2"].From("n1"));
        Assert.Empty(_machines["n3"].From("n1"));
    }

    private void Start(string name)
    {
        var machine = _machines[name] = new Machine(new VirtualProcess(_loop, name));
        _network.Attach(name, machine.Process, machine);
    }

    private void Send(string from, string to, int count)
    {
        for (var i = 0; i < count; i++)
        {
            _network.Send(from, to, Lane.Append, [(byte)i]);
        }

        _loop.RunUntil(_loop.Now + TimeSpan.FromMilliseconds(200));
    }

    private sealed class Machine(VirtualProcess process) : IVirtualEndpoint
    {
        private readonly List<(string Peer, int Number)> _received = [];

        public VirtualProcess Process => process;

        public List<string> Links { get; } = [];

        public List<int> From(string peer) => [.. _received.Where(frame => frame.Peer == peer).Select(static frame => frame.Number)];

        public void Receive(string peer, ReadOnlyMemory<byte> frame) => _received.Add((peer, frame.Span[0]));

        public void OnLinkUp(string peer) => Links.Add($"{peer} up");

        public void OnLinkDown(string peer) => Links.Add($"{peer} down");
    }
}
