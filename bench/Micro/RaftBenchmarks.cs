using BenchmarkDotNet.Attributes;

namespace Bayou.Micro;

/// <summary>
/// The consensus core without disk and network: batches are proposed, replicated, written to memory, committed and handed out
/// to be applied on every replica, all on one thread. Times are per entry.
/// </summary>
[MemoryDiagnoser]
public class RaftBenchmarks
{
    private const int BatchSize = 64;
    private const int EntryBytes = 32;

    private readonly ReadOnlyMemory<byte>[] _batch = [.. Enumerable.Range(0, BatchSize).Select(_ => (ReadOnlyMemory<byte>)new byte[EntryBytes])];
    private MemoryReplica[] _group = [];

    [Params(1, 3)]
    public int Replicas { get; set; }

    [GlobalSetup]
    public void SetUp() => _group = MemoryReplica.NewGroup(Replicas);

    [Benchmark(OperationsPerInvoke = BatchSize)]
    public ulong AppendAndCommit()
    {
        var leader = _group[0].Node;
        leader.Propose(_batch);
        MemoryReplica.Settle(_group);
        ulong last = leader.LastIndex;
        foreach (var replica in _group)
        {
            if (replica.Node.AppliedIndex != last)
                throw new InvalidOperationException($"Replica {replica.Node.Id} has applied {replica.Node.AppliedIndex} of {last} entries.");
            replica.Compact();
        }

        return last;
    }
}
