using Bayou.Records;
using Bayou.Storage;
using Bayou.Storage.Disk;
using Xunit;
using static Bayou.Unit.Storage.StoreFixture;

namespace Bayou.Unit.Storage;

/// <summary>Damaged segments that are mended with the bytes of another replica.</summary>
public sealed class SegmentRepairTests : IDisposable
{
    private const ulong Messages = 80;
    private const int HeaderBytes = 4096;

    private readonly MemoryDisk _theirDisk = new();
    private readonly MemoryDisk _disk;
    private readonly SiloStore _theirs;
    private readonly ChannelLog _their;
    private readonly ChannelManifest _manifest;
    private SiloStore? _store;

    /// <summary>Two replicas of a channel of four sealed segments and one that is not.</summary>
    public SegmentRepairTests()
    {
        _theirs = Open(_theirDisk);
        _their = _theirs.OpenLog(Orders);
        Append(_their, 1, Messages);
        _theirs.Commit(Write(Orders, Entry(1)));
        CheckIn(_theirs, applied: Messages);
        _manifest = _their.Describe();
        _disk = Copy(_theirDisk);
    }

    public void Dispose()
    {
        _theirs.Dispose();
        _store?.Dispose();
        _theirDisk.Dispose();
        _disk.Dispose();
    }

    /// <summary>A segment, and a byte of it: in messages and in the header, sealed or not.</summary>
    public static TheoryData<int, int> Places() => new() { { 0, 5_000 }, { 0, 10 }, { 2, 20_000 }, { 4, 6_000 }, { 4, 0 } };

    [Theory]
    [MemberData(nameof(Places))]
    public void FlippedBit_IsMendedInPlaceOrByANewFile(int number, int at)
    {
        Damage(_disk, PathOf(number), bytes => bytes[at] ^= 1);
        var log = Restart();
        Assert.Throws<StorageCorruptException>(() => ReadAll(log, from: _manifest.Segments[number].First));
        var fault = Assert.Single(log.Faults);
        using (var repair = log.BeginRepair(_manifest))
        {
            Assert.Equal(new SegmentRange(fault.SegmentFirst, fault.Offset, fault.Length), Assert.Single(repair.Missing));
            Fetch(repair);
            repair.Complete();
        }

        AssertMended(log);
    }

    [Theory]
    [MemberData(nameof(Places))]
    public void ReaderThatMetTheDamage_GoesOnOnceItIsMended(int number, int at)
    {
        Damage(_disk, PathOf(number), bytes => bytes[at] ^= 1);
        var log = Restart();
        using var reader = log.OpenReader();
        Assert.Throws<StorageCorruptException>(() => ReadOn(reader));
        using (var repair = log.BeginRepair(_manifest))
        {
            Fetch(repair);
            repair.Complete();
        }

        ReadOn(reader);
        Assert.Equal(Messages + 1, reader.NextSequence);
        AssertMended(log);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(4)]
    public void MissingFile_IsMadeAnew(int number)
    {
        _disk.Delete(PathOf(number));
        var log = Restart();
        using var repair = log.BeginRepair(_manifest);
        Assert.Equal(_manifest.Segments[number].Length, repair.MissingBytes);
        Fetch(repair);
        repair.Complete();
        AssertMended(log);
    }

    [Fact]
    public void DamagedFooter_NeedsNothingFromOthers()
    {
        Damage(_disk, PathOf(1), bytes => bytes[^1] ^= 1);
        var log = Restart();
        Scrub();
        Assert.Equal(0, Assert.Single(log.Faults).Length);
        using var repair = log.BeginRepair(_manifest);
        Assert.Empty(repair.Missing);
        repair.Complete();
        AssertMended(log);
    }

    [Fact]
    public void SegmentThatWasDamagedWhenItWasSealed_GetsItsFooterAndHash()
    {
        Damage(_disk, PathOf(4), bytes => bytes[HeaderBytes + 50] ^= 1);
        var log = Restart();
        Append(log, Messages + 1, Messages + 20);
        Append(_their, Messages + 1, Messages + 20);
        Assert.Equal(0, (int)log.Describe().Segments[4].Hash);
        Assert.Throws<InvalidDataException>(() => _theirs.OpenLog(new GroupId(99)).BeginImport(log.Describe()));
        using var repair = log.BeginRepair(_their.Describe());
        Fetch(repair);
        repair.Complete();
        AssertMended(log);
    }

    [Fact]
    public void Appends_GoOnDuringTheRepairOfTheActiveSegment()
    {
        Damage(_disk, PathOf(4), bytes => bytes[HeaderBytes + 50] ^= 1);
        var log = Restart();
        Scrub();
        using var repair = log.BeginRepair(_manifest);
        Append(log, Messages + 1, Messages + 5);
        Append(_their, Messages + 1, Messages + 5);
        Fetch(repair);
        Append(log, Messages + 6, Messages + 8);
        Append(_their, Messages + 6, Messages + 8);
        repair.Complete();
        AssertMended(log);
    }

    [Fact]
    public void MessagesBeforeThoseAppendedToADamagedSegment_AreFoundOnceItIsMended()
    {
        var second = _manifest.Segments[4].First + 1;
        Damage(_disk, PathOf(4), bytes => bytes[HeaderBytes + 50] ^= 1);
        var log = Restart();
        Append(log, Messages + 1, Messages + 3);
        Append(_their, Messages + 1, Messages + 3);
        Assert.Throws<StorageCorruptException>(() => ReadAll(log, from: second));
        using (var repair = log.BeginRepair(_their.Describe()))
        {
            Append(log, Messages + 4, Messages + 5);
            Append(_their, Messages + 4, Messages + 5);
            Fetch(repair);
            repair.Complete();
        }

        Assert.Equal(second, ReadAll(log, from: second)[0].BaseSequence);
        Append(log, Messages + 6, Messages + 20);
        Append(_their, Messages + 6, Messages + 20);
        Assert.True(log.Describe().Segments[4].IsSealed);
        AssertMended(log);
    }

    [Fact]
    public void BadBytesFromThePeer_AreNotWritten()
    {
        Damage(_disk, PathOf(4), bytes => bytes[HeaderBytes + 50] ^= 1);
        var damaged = ReadFile(_disk, PathOf(4));
        var log = Restart();
        Scrub();
        using var repair = log.BeginRepair(_manifest);
        var range = Assert.Single(repair.Missing);
        repair.Write(range.SegmentFirst, range.Offset, new byte[range.Length]);
        Assert.Throws<StorageCorruptException>(repair.Complete);
        Assert.Equal(damaged, ReadFile(_disk, PathOf(4)));
        Assert.NotEmpty(log.Faults);
        Fetch(repair);
        repair.Complete();
        AssertMended(log);
    }

    [Fact]
    public void SegmentThatThePeerDoesNotHaveWhole_StaysFaulty()
    {
        Damage(_disk, PathOf(0), bytes => bytes[5000] ^= 1);
        var log = Restart();
        Scrub();
        _their.TrimTo(40);
        using var repair = log.BeginRepair(_their.Describe());
        Assert.Empty(repair.Missing);
        repair.Complete();
        Assert.Single(log.Faults);
    }

    [Fact]
    public void PeerWithOtherContent_IsRefused()
    {
        Damage(_disk, PathOf(0), bytes => bytes[5000] ^= 1);
        var log = Restart();
        Scrub();
        var other = _theirs.OpenLog(new GroupId(8));
        Append(other, 1, Messages, payloadBytes: 999);
        Assert.Throws<InvalidDataException>(() => log.BeginRepair(other.Describe()));
    }

    [Fact]
    public void DamagedOwnSegments_AreFetchedByAnImportToo()
    {
        Damage(_disk, PathOf(1), bytes => bytes[5000] ^= 1);
        var log = Restart();
        Scrub();
        Append(_their, Messages + 1, Messages + 20);
        using var import = log.BeginImport(_their.Describe());
        Assert.Equal(_manifest.Segments[1].First, import.Missing[0].SegmentFirst);
        Fetch(import);
        import.Complete();
        _store!.Commit(new JournalWrite { Group = Orders, Snapshot = new StoredSnapshot(Messages + 20, 1, default, import.Manifest) });
        log.Install(import.Manifest);
        AssertMended(log);
    }

    [Fact]
    public void DamagedSource_IsNotServed()
    {
        Damage(_theirDisk, PathOf(2), bytes => bytes[5000] ^= 1);
        Assert.Throws<StorageCorruptException>(() => ReadAll(_their, from: _manifest.Segments[2].First));
        var fault = Assert.Single(_their.Faults);
        Assert.Throws<StorageCorruptException>(() => _their.TryRead(fault.SegmentFirst, fault.Offset, new byte[10]));
        Assert.True(_their.TryRead(fault.SegmentFirst, 0, new byte[HeaderBytes]));
    }

    private static void Append(ChannelLog log, ulong from, ulong to, int payloadBytes = 1000)
    {
        for (var i = from; i <= to; i++)
        {
            log.Append(Batch(i, payloadBytes: payloadBytes), i);
        }
    }

    private static void ReadOn(ChannelLogReader reader)
    {
        while (reader.TryRead(out _))
        {
            // To the end, or to the damage.
        }
    }

    private string PathOf(int number) => $"seg/{Orders.Value:x16}/{_manifest.Segments[number].First:x16}.seg";

    private ChannelLog Restart()
    {
        _store = OpenDamaged(_disk);
        return _store.OpenLog(Orders);
    }

    private void Scrub() => Assert.True(_store!.Scrub(long.MaxValue).IsPassComplete);

    private void Fetch(SegmentImport import)
    {
        foreach (var range in import.Missing)
        {
            var bytes = new byte[range.Length];
            Assert.True(_their.TryRead(range.SegmentFirst, range.Offset, bytes));
            import.Write(range.SegmentFirst, range.Offset, bytes);
        }
    }

    private void AssertMended(ChannelLog log)
    {
        Assert.Empty(log.Faults);
        Assert.Equal(new ScrubStep(0, 0, true), _store!.Scrub(long.MaxValue) with { Bytes = 0 });
        Assert.Empty(log.Faults);
        Assert.Empty(_disk.List("import"));
        Assert.Equal(_their.Describe(), log.Describe());
        foreach (var path in Segments(_theirDisk).Where(path => path.StartsWith($"seg/{Orders.Value:x16}", StringComparison.Ordinal)))
        {
            Assert.Equal(ReadFile(_theirDisk, path), ReadFile(_disk, path));
        }
    }
}
