using Bayou.Records;
using Bayou.Storage;
using Bayou.Storage.Disk;
using Bayou.Storage.Journal;

namespace Bayou.Unit.Storage;

/// <summary>
/// Replicas that write to one journal what replicas may write: entries of rising terms, suffixes replaced by a later leader's but
/// never what is committed, terms and votes, snapshots. It ends with a seal.
/// </summary>
internal sealed class JournalHistory : IDisposable
{
    public const ulong SiloSeed = 0x1234_5678_9ABC_DEF0;

    /// <summary>Its buffer is too large to be made anew for every case.</summary>
    [ThreadStatic]
    private static BatchEncoder? encoder;

    private readonly List<JournalWrite> _batch = [];
    private readonly IDiskFile _file;
    private JournalPosition _position = new(File: 1, Batch: 1, PreviousCrc: 0);

    public JournalHistory((int Action, int Group, int Amount)[] steps)
    {
        _file = Disk.Open(JournalLayout.PathOf(1), create: true);
        foreach (var (action, number, amount) in steps)
        {
            var group = new GroupId((ulong)number);
            if (!Groups.TryGetValue(group, out var replica))
            {
                Groups.Add(group, replica = new ReplicaHistory(group));
            }

            _batch.Add(replica.Write(action, amount));

            // Some writes share a batch.
            if (amount % 3 != 0)
            {
                EndBatch(BatchFlags.None);
            }
        }

        EndBatch(BatchFlags.None);
        EndBatch(BatchFlags.Seal);
        _file.Extend(WrittenBytes + (2 * JournalLayout.SectorBytes));
    }

    public SortedDictionary<GroupId, ReplicaHistory> Groups { get; } = [];

    public long WrittenBytes { get; private set; }

    /// <summary>The disk with the journal.</summary>
    public MemoryDisk Disk { get; } = new();

    public void Dispose() => Disk.Dispose();

    private void EndBatch(BatchFlags flags)
    {
        if (_batch.Count == 0 && flags == BatchFlags.None)
        {
            return;
        }

        foreach (var write in _batch)
        {
            write.EncodedBytes = JournalLayout.Measure(write);
            write.EncodedSnapshot = write.Snapshot?.Encode() ?? [];
        }

        encoder ??= new BatchEncoder(SiloSeed);
        var bytes = encoder.Encode(_position, WrittenBytes, flags, _batch);
        _file.Write(bytes, WrittenBytes);
        WrittenBytes += bytes.Length;
        _position = new JournalPosition(_position.File, _position.Batch + 1, encoder.HeaderCrc);
        _batch.Clear();
    }
}
