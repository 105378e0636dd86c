using Bayou.Records;
using Bayou.Storage;
using Bayou.Storage.Disk;
using static Bayou.Unit.Storage.StoreFixture;

namespace Bayou.Unit.Storage;

/// <summary>
/// Writes a journal batch by batch, remembers where each lies, and damages some of them afterwards: <see cref="LoseRecords"/> leaves
/// a batch that can still name what it held, <see cref="LoseHeader"/> one that cannot.
/// </summary>
internal sealed class JournalScript : IDisposable
{
    private const int StampBytes = 24;
    private const int HeaderBytes = 64;
    private const int SectorBytes = 4096;

    private readonly List<(string Path, long Offset, int Sectors)> _batches = [];
    private SiloStore _store;

    public JournalScript() => _store = StoreFixture.Open(Disk);

    public MemoryDisk Disk { get; } = new();

    public SiloStore Store => _store;

    /// <summary>Writes one batch; returns its number in the order of these calls.</summary>
    public int Write(JournalWrite write)
    {
        var before = _store.Statistics.Bytes;
        _store.Commit(write);
        var newest = Disk.List("wal").Last(name => name.StartsWith("wal-", StringComparison.Ordinal));
        var bytes = _store.Statistics.Bytes - before;
        var path = $"wal/{newest}";
        var offset = _batches.Count > 0 && _batches[^1].Path == path ? _batches[^1].Offset + (_batches[^1].Sectors * SectorBytes) : 0;
        _batches.Add((path, offset, (int)(bytes / SectorBytes)));
        return _batches.Count - 1;
    }

    public int Write(GroupId group, params JournalEntry[] entries) => Write(StoreFixture.Write(group, entries));

    public int WriteState(GroupId group, ulong term, ulong vote = 1, ulong commit = 0) =>
        Write(new JournalWrite { Group = group, HardState = new StoredHardState(term, vote, commit) });

    /// <summary>Everything in one batch.</summary>
    public int WriteTogether(params JournalWrite[] writes)
    {
        foreach (var write in writes[..^1])
        {
            _store.Append(write);
        }

        return Write(writes[^1]);
    }

    public void Seal()
    {
        _store.Seal();
        _store.Pump();
    }

    /// <summary>Stops the store and starts it on what is there now.</summary>
    public SiloStore Restart(DamagePolicy policy = DamagePolicy.Report)
    {
        _store.Dispose();
        return _store = StoreFixture.Open(Disk, policy: policy);
    }

    /// <summary>Damages the last byte of a batch's last record.</summary>
    public void LoseRecords(int batch) => StoreFixture.Damage(Disk, _batches[batch].Path, bytes =>
    {
        // Padding is zero, so the last byte that is not belongs to a record.
        var end = (int)_batches[batch].Offset + (_batches[batch].Sectors * SectorBytes);
        while (bytes[end - 1] == 0)
        {
            end--;
        }

        bytes[end - 1] ^= 1;
    });

    /// <summary>Damages the header of a batch.</summary>
    public void LoseHeader(int batch) => StoreFixture.Damage(
        Disk, _batches[batch].Path, bytes => bytes[_batches[batch].Offset + StampBytes + (HeaderBytes / 2)] ^= 1);

    /// <summary>Damages the directory of a batch.</summary>
    public void LoseDirectory(int batch) => StoreFixture.Damage(
        Disk, _batches[batch].Path, bytes => bytes[_batches[batch].Offset + StampBytes + HeaderBytes + 1] ^= 1);

    public string PathOf(int batch) => _batches[batch].Path;

    public void Dispose()
    {
        _store.Dispose();
        Disk.Dispose();
    }
}
