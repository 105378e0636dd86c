using Bayou.Raft;

namespace Bayou.Grains.Replication;

/// <summary>
/// The durable entries of a replica that are still in memory, and a snapshot of the moment for followers that need older ones:
/// the state machine and the segments are always at hand, so none is kept.
/// </summary>
internal sealed class ReplicaLog(MemoryLog entries, Func<Snapshot?> capture) : IRaftStorage
{
    private ulong _retainedBytes;

    public MemoryLog Entries => entries;

    public RaftInitialState InitialState => entries.InitialState;

    public ulong FirstIndex => entries.FirstIndex;

    public ulong LastIndex => entries.LastIndex;

    public Snapshot? Snapshot => capture();

    public bool TryGetTerm(ulong index, out ulong term) => entries.TryGetTerm(index, out term);

    public bool TryGetEntries(ulong low, ulong high, ulong maxBytes, out ReadOnlyMemory<Entry> slice) =>
        entries.TryGetEntries(low, high, maxBytes, out slice);

    /// <summary>
    /// Entries up to <paramref name="applied"/> are in the state machine. The oldest of them go as far as they take more than
    /// <paramref name="keepBytes"/>; the rest stays for followers that are a little behind.
    /// </summary>
    public void Compact(ulong applied, ulong appliedBytes, int keepBytes)
    {
        _retainedBytes += appliedBytes;
        if (_retainedBytes <= (ulong)keepBytes)
        {
            return;
        }

        var last = Math.Min(applied, entries.LastIndex);
        var index = entries.FirstIndex;
        while (index <= last && _retainedBytes > (ulong)keepBytes / 2
            && entries.TryGetEntries(index, index + 1, ulong.MaxValue, out var oldest))
        {
            _retainedBytes -= Math.Min(_retainedBytes, oldest.Span[0].SizeBytes);
            index++;
        }

        entries.Compact(Math.Min(index - 1, last));
    }

    /// <summary>Lets go of everything that is applied.</summary>
    public void CompactAll(ulong applied)
    {
        _retainedBytes = 0;
        entries.Compact(Math.Min(applied, entries.LastIndex));
    }
}
