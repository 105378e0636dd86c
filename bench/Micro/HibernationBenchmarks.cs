using Bayou.Raft;
using BenchmarkDotNet.Attributes;

namespace Bayou.Micro;

/// <summary>
/// Groups of three replicas that sleep, seen from the silo that leads them. The time is per group, and so is what is allocated: for
/// <see cref="Keep"/> and <see cref="KeepAwake"/> that is what a group occupies. A tick of sleeping groups is not here: nobody has
/// anything to call it on.
/// </summary>
[MemoryDiagnoser]
public class HibernationBenchmarks
{
    private const int Groups = 10_000;

    private readonly MembershipPool _memberships = new();
    private readonly Random _random = new(1);
    private MemoryReplica _leader = null!;
    private RaftOptions _options = null!;
    private HibernatedNode _asleep;
    private RaftNode[] _awake = [];

    [GlobalSetup]
    public void SetUp()
    {
        _leader = MemoryReplica.NewGroup(3, _memberships)[0];
        _leader.Compact();
        _options = new RaftOptions { Id = 1, Random = _random, Memberships = _memberships };
        _asleep = _leader.Sleep();
        _leader.Wake(_asleep);
        _awake = KeepAwake();
        foreach (var node in _awake)
            SendHeartbeat(node);
    }

    /// <summary>Falling asleep and waking up.</summary>
    [Benchmark]
    public ulong SleepAndWake()
    {
        var state = _leader.Sleep();
        _leader.Wake(state);
        return state.LastIndex;
    }

    /// <summary>What a silo keeps of groups that sleep: the state and the log, which is compacted to its end.</summary>
    [Benchmark(OperationsPerInvoke = Groups)]
    public (HibernatedNode State, MemoryLog Log)[] Keep()
    {
        var kept = new (HibernatedNode, MemoryLog)[Groups];
        for (int i = 0; i < Groups; i++)
            kept[i] = (_asleep, NewLog());
        return kept;
    }

    /// <summary>The same groups awake.</summary>
    [Benchmark(OperationsPerInvoke = Groups)]
    public RaftNode[] KeepAwake()
    {
        var kept = new RaftNode[Groups];
        for (int i = 0; i < Groups; i++)
            kept[i] = RaftNode.Wake(_asleep, _options, NewLog());
        return kept;
    }

    /// <summary>What sleep saves: a tick of groups that are awake and have nothing to do but send heartbeats.</summary>
    [Benchmark(OperationsPerInvoke = Groups)]
    public int TickAwake()
    {
        int messages = 0;
        foreach (var node in _awake)
        {
            node.Tick();
            messages += SendHeartbeat(node);
        }

        return messages;
    }

    private static int SendHeartbeat(RaftNode node)
    {
        if (!node.HasReady)
            return 0;

        int count = 0;
        foreach (ref readonly var message in node.TakeReady().Messages)
        {
            count++;
            if (message.Kind == MessageKind.Heartbeat)
                node.Step(new RaftMessage { Kind = MessageKind.HeartbeatResponse, From = message.To, To = node.Id, Term = message.Term });
        }

        return count;
    }

    private MemoryLog NewLog() => new(_asleep.HardState, _asleep.ConfState, _asleep.LastIndex, _asleep.Term);
}
