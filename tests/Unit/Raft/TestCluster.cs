using Bayou.Raft;

namespace Bayou.Unit.Raft;

/// <summary>Replicas and a network that delivers in order and at once, except where a test cuts it.</summary>
internal sealed class TestCluster
{
    private readonly Dictionary<ulong, TestReplica> _replicas = [];
    private readonly HashSet<(ulong From, ulong To)> _cut = [];
    private readonly Queue<RaftMessage> _network = new();
    private readonly Func<RaftOptions, RaftOptions>? _configure;

    public TestCluster(int voters, Func<RaftOptions, RaftOptions>? configure = null)
    {
        _configure = configure;
        for (var id = 1; id <= voters; id++)
        {
            Add((ulong)id, TestReplica.Voters(voters));
        }
    }

    /// <summary>Messages for which this is true are lost.</summary>
    public Predicate<RaftMessage> Loses { get; set; } = static _ => false;

    /// <summary>Every message that was delivered.</summary>
    public List<RaftMessage> Delivered { get; } = [];

    public IEnumerable<TestReplica> All => _replicas.Values;

    public TestReplica this[ulong id] => _replicas[id];

    public TestReplica Add(ulong id, ConfState members, MemoryLog? log = null) =>
        _replicas[id] = new TestReplica(id, members, _configure, log);

    /// <summary>Delivers and works until nothing is left to do.</summary>
    public void Run()
    {
        do
        {
            foreach (var replica in _replicas.Values)
            {
                Send(replica.Work());
            }

            if (_network.TryDequeue(out var message))
            {
                Delivered.Add(message);
                Send(_replicas[message.To].Receive(message));
            }
        }
        while (_network.Count > 0 || _replicas.Values.Any(static r => r.HasWork));
    }

    public void Elect(ulong id)
    {
        _replicas[id].Node.Campaign();
        Run();
        Xunit.Assert.Equal(RaftRole.Leader, _replicas[id].Node.Role);
    }

    public ProposeResult Propose(ulong id, params byte[] data)
    {
        var result = _replicas[id].Node.Propose(data);
        Run();
        return result;
    }

    public void Tick(ulong id, int count = 1)
    {
        for (var i = 0; i < count; i++)
        {
            _replicas[id].Node.Tick();
            Run();
        }
    }

    /// <summary>The leader sends its group to sleep.</summary>
    public void Sleep(ulong leader)
    {
        Send(_replicas[leader].Sleep());
        Run();
    }

    /// <summary>Nothing goes to or from the replica.</summary>
    public void Isolate(ulong id)
    {
        foreach (var other in _replicas.Keys)
        {
            _cut.Add((id, other));
            _cut.Add((other, id));
        }
    }

    public void Heal() => _cut.Clear();

    private void Send(IEnumerable<RaftMessage> messages)
    {
        foreach (var message in messages)
        {
            if (_replicas.ContainsKey(message.To) && !_cut.Contains((message.From, message.To)) && !Loses(message))
            {
                _network.Enqueue(message);
            }
        }
    }
}
