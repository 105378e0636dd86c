using Bayou.Raft;

namespace Bayou.Grains.Replication;

/// <summary>
/// The linearizable reads that wait at one replica, led or not. A question may get lost on its way to the leader, so it is asked
/// again until it is answered or its time is up.
/// </summary>
internal sealed class ReadBarriers(ReplicaServices services)
{
    private const int TicksBetweenQuestions = 3;

    private readonly SortedDictionary<ulong, ReadBarrier> _waiting = [];

    /// <summary>Numbers begin anywhere: an answer to a question of an earlier start must not fit one of this.</summary>
    private ulong _lastNumber = unchecked((ulong)services.Random.NextInt64());
    private int _ticks;

    public bool IsEmpty => _waiting.Count == 0;

    public void Add(ReadBarrier barrier, RaftNode node)
    {
        barrier.Deadline = services.Now + services.Options.ProposalTimeout.Ticks;
        _waiting.Add(++_lastNumber, barrier);
        node.ReadIndex(_lastNumber);
    }

    /// <summary>A leader has confirmed what was committed when it was asked.</summary>
    public void OnConfirmed(in ReadState read)
    {
        if (_waiting.TryGetValue(read.Context, out var barrier))
        {
            barrier.Index = Math.Max(1, read.Index);
        }
    }

    /// <summary>Everything up to <paramref name="applied"/> is in the state machine.</summary>
    public void Release(ulong applied)
    {
        foreach (var (number, barrier) in _waiting.Where(pair => pair.Value.Index is > 0 and var index && index <= applied).ToList())
        {
            _waiting.Remove(number);
            barrier.Pass();
        }
    }

    public void Tick(RaftNode node)
    {
        var now = services.Now;
        foreach (var (number, barrier) in _waiting.Where(pair => pair.Value.Deadline <= now).ToList())
        {
            _waiting.Remove(number);
            barrier.Fail(ProposalQueue.NoQuorum());
        }

        if (++_ticks % TicksBetweenQuestions == 0)
        {
            AskAgain(node);
        }
    }

    /// <summary>For example since there is a new leader.</summary>
    public void AskAgain(RaftNode node)
    {
        foreach (var (number, barrier) in _waiting)
        {
            if (barrier.Index == 0)
            {
                node.ReadIndex(number);
            }
        }
    }

    public void Abandon()
    {
        foreach (var barrier in _waiting.Values)
        {
            barrier.Fail(ProposalQueue.NoQuorum());
        }

        _waiting.Clear();
    }
}
