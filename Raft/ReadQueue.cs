using Bayou.Raft.Quorum;

namespace Bayou.Raft;

/// <summary>
/// Reads of one term in the order in which they came, numbered from 1. A heartbeat carries the number of the last one; a quorum that
/// answers it confirms this read and all before it, since the leader still led after they came.
/// </summary>
internal sealed class ReadQueue : IAcknowledgedIndexes
{
    private readonly Queue<(ReadRequest Request, ulong Index)> _waiting = new();
    private readonly Dictionary<ulong, ulong> _acknowledged = [];
    private ulong _confirmed;

    /// <summary>Reads that came before an entry of this term was committed; until then the commit index may be out of date (§6.4).</summary>
    public List<ReadRequest> Deferred { get; } = [];

    /// <summary>The number of the last read that waits; 0 if none does.</summary>
    public ulong LastPosition => _waiting.Count == 0 ? 0 : _confirmed + (ulong)_waiting.Count;

    public bool IsEmpty => _waiting.Count == 0 && Deferred.Count == 0;

    public ulong AcknowledgedBy(ulong voter) => _acknowledged.GetValueOrDefault(voter);

    public void Add(ReadRequest request, ulong commitIndex) => _waiting.Enqueue((request, commitIndex));

    public void Acknowledge(ulong voter, ulong position) => _acknowledged[voter] = Math.Max(AcknowledgedBy(voter), position);

    /// <summary>Takes out the next read if a quorum, which has got to <paramref name="confirmed"/>, confirms it.</summary>
    public bool TryTake(ulong confirmed, out ReadRequest request, out ulong index)
    {
        if (_waiting.Count == 0 || confirmed <= _confirmed)
        {
            (request, index) = (default, 0);
            return false;
        }

        _confirmed++;
        (request, index) = _waiting.Dequeue();
        return true;
    }

    public void Clear()
    {
        _waiting.Clear();
        _acknowledged.Clear();
        Deferred.Clear();
        _confirmed = 0;
    }
}
