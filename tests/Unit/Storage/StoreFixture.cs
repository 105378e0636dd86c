using Bayou.Records;
using Bayou.Storage;
using Bayou.Storage.Disk;
using Xunit;

namespace Bayou.Unit.Storage;

/// <summary>Small sizes, stamped batches, and a store without a thread: <see cref="SiloStore.Pump"/> does the writing.</summary>
internal static class StoreFixture
{
    public static readonly GroupId Orders = new(7);

    public static readonly StorageOptions Small = new()
    {
        JournalFileBytes = 64 << 10,
        JournalFillBytes = 16 << 10,
        CheckpointBytes = 128 << 10,
        MaxBatchBytes = 8 << 10,
        SegmentBytes = 24 << 10,
        SegmentWriteBytes = 2 << 10,
        MaxOpenSegments = 3,
        BallastBytes = 0,
        TailCacheBytes = 8 << 10,
        ReadChunkBytes = 4 << 10,
        NewSiloId = new Guid("00112233-4455-6677-8899-aabbccddeeff"),
    };

    public static SiloStore Open(IDisk disk, StorageOptions? options = null, DamagePolicy policy = DamagePolicy.Refuse) =>
        SiloStore.Open(disk, options ?? Small, e => throw new InvalidOperationException("unexpected failure", e), policy: policy);

    /// <summary>A store that goes on past damage.</summary>
    public static SiloStore OpenDamaged(IDisk disk) => Open(disk, policy: DamagePolicy.Report);

    public static RecordBatch Batch(ulong first, int count = 1, int payloadBytes = 16, long? timestamp = null)
    {
        var builder = new RecordBatchBuilder();
        for (var i = 0; i < count; i++)
        {
            var payload = new byte[payloadBytes];
            new Random((int)first + i).NextBytes(payload);
            builder.Add([], [], [], [], payload);
        }

        var bytes = builder.Build(origin: 1, batchNumber: first);
        RecordBatchStamp.Apply(bytes, first, timestamp ?? ((long)first * 1000), term: 1, accountedBytes: 0);
        Assert.Equal(RecordBatchError.None, RecordBatch.TryRead(bytes, out var batch));
        return batch;
    }

    public static JournalEntry Entry(ulong index, ulong term = 1, int bytes = 24)
    {
        var data = new byte[bytes];
        new Random(HashCode.Combine(index, term)).NextBytes(data);
        return new JournalEntry(index, term, Kind: 5, data);
    }

    public static JournalWrite Write(GroupId group, params JournalEntry[] entries)
    {
        var write = new JournalWrite { Group = group };
        write.Entries.AddRange(entries);
        return write;
    }

    /// <summary>Appends and pumps until the write is durable.</summary>
    public static void Commit(this SiloStore store, JournalWrite write)
    {
        var done = false;
        write.Completed = _ => done = true;
        store.Append(write);
        while (!done)
        {
            Assert.True(store.Pump());
        }
    }

    public static void AssertSame(IReadOnlyList<JournalEntry> expected, IReadOnlyList<JournalEntry> actual)
    {
        Assert.Equal(expected.Select(e => (e.Index, e.Term, e.Kind)), actual.Select(e => (e.Index, e.Term, e.Kind)));
        foreach (var (one, other) in expected.Zip(actual))
        {
            Assert.True(one.Data.Span.SequenceEqual(other.Data.Span), $"entry {one.Index} has other bytes");
        }
    }

    public static List<RecordBatch> ReadAll(ChannelLog log, ulong from = 1)
    {
        using var reader = log.OpenReader();
        reader.Seek(from);
        var batches = new List<RecordBatch>();
        while (reader.TryRead(out var batch))
        {
            Assert.Equal(RecordBatchError.None, batch.Verify());
            batches.Add(batch);
        }

        return batches;
    }

    public static GroupCheckpoint State(GroupId group, ulong applied) => new()
    {
        Group = group,
        HardState = new StoredHardState(1, 1, applied),
        AppliedIndex = applied,
        AppliedTerm = 1,
        State = BitConverter.GetBytes(applied),
    };

    /// <summary>A whole checkpoint in which every dirty group has applied up to the same index.</summary>
    public static void CheckIn(SiloStore store, ulong applied)
    {
        var checkpoint = store.BeginCheckpoint();
        foreach (var group in checkpoint.DirtyGroups)
        {
            checkpoint.Add(State(group, applied));
        }

        checkpoint.Complete();
    }

    public static List<string> Segments(MemoryDisk disk) =>
        [.. disk.List("seg").SelectMany(folder => disk.List($"seg/{folder}").Select(name => $"seg/{folder}/{name}"))];

    /// <summary>A disk with the same files.</summary>
    public static MemoryDisk Copy(MemoryDisk disk, bool tracksCrash = false)
    {
        var copy = new MemoryDisk(tracksCrash);
        CopyFolder("");
        return copy;

        void CopyFolder(string folder)
        {
            foreach (var name in disk.List(folder))
            {
                var path = folder.Length == 0 ? name : $"{folder}/{name}";
                if (disk.Exists(path))
                {
                    WriteFile(copy, path, ReadFile(disk, path));
                }
                else
                {
                    CopyFolder(path);
                }
            }
        }
    }

    /// <summary>Changes a file as a failing disk does.</summary>
    public static void Damage(MemoryDisk disk, string path, Action<byte[]> change)
    {
        var bytes = ReadFile(disk, path);
        change(bytes);
        WriteFile(disk, path, bytes);
    }

    public static byte[] ReadFile(MemoryDisk disk, string path)
    {
        using var file = disk.Open(path);
        var bytes = new byte[file.Length];
        Assert.Equal(bytes.Length, file.Read(bytes, 0));
        return bytes;
    }

    public static void WriteFile(MemoryDisk disk, string path, byte[] bytes)
    {
        using var file = disk.Open(path, create: true);
        file.SetLength(0);
        file.Write(bytes, 0);
    }
}
