using Bayou.Records;
using Bayou.Storage;
using Bayou.Storage.Disk;
using Xunit;
using static Bayou.Unit.Storage.StoreFixture;

namespace Bayou.Unit.Storage;

/// <summary>A replica that is set aside, and its successor under the same id.</summary>
public sealed class QuarantineTests : IDisposable
{
    private readonly MemoryDisk _disk = new();
    private SiloStore _store;

    public QuarantineTests()
    {
        _store = Open(_disk);
        Fill(1, 60);
        CheckIn(_store, applied: 60);
    }

    public void Dispose()
    {
        _store.Dispose();
        _disk.Dispose();
    }

    [Fact]
    public void Quarantine_MovesTheSegmentsAndTheGroupIsGone()
    {
        var log = _store.OpenLog(Orders);
        using var reader = log.OpenReader();
        Fill(61, 65);
        log.Flush();
        var before = Contents("seg/" + Name);
        _store.Quarantine(Orders);

        Assert.Equal(before, Contents($"quarantine/{Name}-1"));
        Assert.Empty(_disk.List("seg"));
        Assert.False(reader.TryRead(out _));
        Assert.Throws<InvalidOperationException>(() => log.Append(Batch(66), 66));
        Restart();
        Assert.Empty(_store.Groups);
        _store.BeginCheckpoint().Complete();
        Restart();
        Assert.Equal(before, Contents($"quarantine/{Name}-1"));
    }

    [Fact]
    public async Task Quarantine_OnTheWritersThread_FailsRatherThanWaitForItself()
    {
        using var disk = new MemoryDisk();
        var failed = new TaskCompletionSource<Exception>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var store = SiloStore.Open(disk, Small, failed.SetResult);
        store.BatchCompleted += _ => store.Quarantine(Orders);
        store.Start();
        store.Append(Write(Orders, Entry(1)));
        Assert.IsType<InvalidOperationException>(await failed.Task.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken));
    }

    [Fact]
    public void NewIncarnation_BeginsEmptyAndGoesItsOwnWay()
    {
        var before = Contents("seg/" + Name);
        _store.Quarantine(Orders);
        _store.Commit(new JournalWrite { Group = Orders, GroupCreated = true });
        Fill(1, 20, payloadBytes: 500);
        for (var start = 0; start < 3; start++)
        {
            var log = _store.OpenLog(Orders);
            if (log.LastSequence == 0)
            {
                Fill(1, 20, payloadBytes: 500, journal: false);
            }

            Assert.Equal(20, ReadAll(log).Count);
            Assert.Equal(before, Contents($"quarantine/{Name}-1"));
            if (start == 1)
            {
                CheckIn(_store, applied: 20);
            }

            Restart();
        }

        _store.Quarantine(Orders);
        Assert.Equal([$"{Name}-1", $"{Name}-2"], _disk.List("quarantine"));
        Assert.Equal(before, Contents($"quarantine/{Name}-1"));
    }

    [Fact]
    public void NewIncarnation_MayBeginWithASnapshot()
    {
        _store.Quarantine(Orders);
        Import(70);
        Restart();
        Assert.Equal(70, ReadAll(_store.OpenLog(Orders)).Count);
        CheckIn(_store, applied: 70);
        Restart();
        Assert.Equal(70, ReadAll(_store.OpenLog(Orders)).Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void GroupDeletedAndBegunAnew_KeepsTheFilesOfItsNewLife(bool afterARestart)
    {
        Delete();
        if (afterARestart)
        {
            Restart();
        }

        _store.Commit(new JournalWrite { Group = Orders, GroupCreated = true });
        Fill(1, 30, payloadBytes: 700);
        CheckIn(_store, applied: 30);
        Assert.Equal(30, ReadAll(_store.OpenLog(Orders)).Count);
        Restart();
        Assert.Equal(30, ReadAll(_store.OpenLog(Orders)).Count);
        CheckIn(_store, applied: 30);
        Restart();
        Assert.Equal(30, ReadAll(_store.OpenLog(Orders)).Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void GroupBegunAnewDuringACheckpoint_KeepsTheFilesOfItsNewLife(bool fromASnapshot)
    {
        Delete();
        var checkpoint = _store.BeginCheckpoint();
        if (fromASnapshot)
        {
            Import(60);
        }
        else
        {
            _store.Commit(new JournalWrite { Group = Orders, GroupCreated = true });
            Fill(1, 60);
        }

        checkpoint.Complete();
        Assert.Equal(60, ReadAll(_store.OpenLog(Orders)).Count);
    }

    [Fact]
    public void FilesThatACheckpointGaveUp_AreNotRemovedFromTheNextLife()
    {
        Delete();
        CheckIn(_store, applied: 60);
        Assert.Empty(_disk.List("seg"));
        Import(60);
        Restart();
        Assert.Equal(60, ReadAll(_store.OpenLog(Orders)).Count);
    }

    private static string Name => $"{Orders.Value:x16}";

    private void Delete()
    {
        _store.OpenLog(Orders).Delete();
        _store.Commit(new JournalWrite { Group = Orders, GroupDeleted = true });
    }

    /// <summary>Begins the group anew with a snapshot of so many messages from another replica.</summary>
    private void Import(ulong last)
    {
        using var theirDisk = new MemoryDisk();
        using var theirs = Open(theirDisk);
        var their = theirs.OpenLog(Orders);
        for (var i = 1UL; i <= last; i++)
        {
            their.Append(Batch(i, payloadBytes: 300), i);
        }

        var log = _store.OpenLog(Orders);
        using var import = log.BeginImport(their.Describe());
        Fetch(import, their);
        if (!Completes(import))
        {
            // It had begun with what a former life left, and that was another channel.
            Fetch(import, their);
            import.Complete();
        }

        _store.Commit(new JournalWrite { Group = Orders, GroupCreated = true, Snapshot = new StoredSnapshot(last, 1, default, import.Manifest) });
        log.Install(import.Manifest);
    }

    private static void Fetch(SegmentImport import, ChannelLog their)
    {
        foreach (var range in import.Missing)
        {
            var bytes = new byte[range.Length];
            Assert.True(their.TryRead(range.SegmentFirst, range.Offset, bytes));
            import.Write(range.SegmentFirst, range.Offset, bytes);
        }
    }

    private static bool Completes(SegmentImport import)
    {
        try
        {
            import.Complete();
            return true;
        }
        catch (StorageCorruptException)
        {
            return false;
        }
    }

    private void Fill(ulong from, ulong to, int payloadBytes = 1000, bool journal = true)
    {
        for (var i = from; i <= to; i++)
        {
            if (journal)
            {
                _store.Commit(Write(Orders, Entry(i)));
            }

            _store.OpenLog(Orders).Append(Batch(i, payloadBytes: payloadBytes), i);
        }
    }

    private void Restart()
    {
        _store.Dispose();
        _store = Open(_disk);
    }

    private Dictionary<string, byte[]> Contents(string folder) => _disk.List(folder).ToDictionary(name => name, name => ReadFile(_disk, $"{folder}/{name}"));
}
