using Bayou.Records;
using Bayou.Storage;
using Bayou.Storage.Disk;
using Xunit;
using static Bayou.Unit.Storage.StoreFixture;

namespace Bayou.Unit.Storage;

/// <summary>A damaged segment is opened all the same, and says where it is damaged once somebody has looked.</summary>
public sealed class SegmentDamageTests : IDisposable
{
    private const ulong Messages = 80;
    private const int HeaderBytes = 4096;

    private readonly MemoryDisk _disk = new();
    private readonly ChannelManifest _manifest;
    private readonly Dictionary<string, byte[]> _older;

    /// <summary>Eighty messages of one kilobyte: four sealed segments and one that is not.</summary>
    public SegmentDamageTests()
    {
        using var store = Open(_disk);
        var log = store.OpenLog(Orders);
        _older = [];
        for (var i = 1UL; i <= Messages; i++)
        {
            store.Commit(Write(Orders, Entry(i)));
            log.Append(Batch(i, payloadBytes: 1000), i);
            log.Flush();
            foreach (var path in Segments(_disk).Where(path => !_older.ContainsKey(path)))
            {
                _older.Add(path, ReadFile(_disk, path));
            }
        }

        CheckIn(store, applied: Messages);
        _manifest = log.Describe();
        Assert.Equal(5, _manifest.Segments.Count);
    }

    public void Dispose() => _disk.Dispose();

    public static TheoryData<int> EverySegment() => [0, 1, 2, 3, 4];

    [Theory]
    [MemberData(nameof(EverySegment))]
    public void FlippedBit_IsMetByReadersAndByTheScrub(int number)
    {
        var segment = _manifest.Segments[number];
        var path = PathOf(segment);
        var frames = Frames(ReadFile(_disk, path), segment.Length);
        var length = ReadFile(_disk, path).Length;
        for (var at = 0; at < length; at += 389)
        {
            using var copy = Copy(_disk);
            Damage(copy, path, bytes => bytes[at] ^= 16);
            var start = at < HeaderBytes ? 0 : at >= segment.Length ? segment.Length : frames.Last(frame => frame <= at);
            AssertFault(copy, segment, start, seenAtStart: null);
        }
    }

    [Theory]
    [MemberData(nameof(EverySegment))]
    public void ZeroedBlock_IsMetByReadersAndByTheScrub(int number)
    {
        var segment = _manifest.Segments[number];
        var path = PathOf(segment);
        var frames = Frames(ReadFile(_disk, path), segment.Length);
        for (var at = 0; at + 4096 <= segment.Length; at += 4096)
        {
            using var copy = Copy(_disk);
            Damage(copy, path, bytes => bytes.AsSpan(at, 4096).Clear());
            AssertFault(copy, segment, at < HeaderBytes ? 0 : frames.Last(frame => frame <= at), seenAtStart: null);
        }
    }

    [Theory]
    [MemberData(nameof(EverySegment))]
    public void CutFile_IsSeenAtTheStart(int number)
    {
        var segment = _manifest.Segments[number];
        var whole = ReadFile(_disk, PathOf(segment));
        var frames = Frames(whole, segment.Length);
        for (var length = 0; length < segment.Length; length += 1301)
        {
            using var copy = Copy(_disk);
            WriteFile(copy, PathOf(segment), whole[..length]);
            AssertFault(copy, segment, length < HeaderBytes ? 0 : frames.Last(frame => frame <= length), seenAtStart: length);
        }
    }

    [Theory]
    [MemberData(nameof(EverySegment))]
    public void MissingFile_IsSeenAtTheStart(int number)
    {
        _disk.Delete(PathOf(_manifest.Segments[number]));
        AssertFault(_disk, _manifest.Segments[number], 0, seenAtStart: 0);
    }

    [Theory]
    [MemberData(nameof(EverySegment))]
    public void OlderCopy_IsSeenAtTheStart(int number)
    {
        var segment = _manifest.Segments[number];
        var older = _older[PathOf(segment)];
        WriteFile(_disk, PathOf(segment), older);
        AssertFault(_disk, segment, older.Length, seenAtStart: older.Length);
    }

    [Fact]
    public void Appends_GoOnBesideADamagedActiveSegment_WhichStaysWithoutAFooter()
    {
        var active = _manifest.Segments[^1];
        Damage(_disk, PathOf(active), bytes => bytes[HeaderBytes + 100] ^= 1);
        using (var store = OpenDamaged(_disk))
        {
            var log = store.OpenLog(Orders);
            for (var i = Messages + 1; i <= Messages + 60; i++)
            {
                store.Commit(Write(Orders, Entry(i)));
                log.Append(Batch(i, payloadBytes: 1000), i);
            }

            CheckIn(store, applied: Messages + 60);
            Assert.Equal(0, (int)log.Describe().Segments[4].Hash);
            AssertOneFault(log, active.First, HeaderBytes);
            Assert.Equal(Messages + 60, ReadAll(log, from: Messages + 50)[^1].LastSequence);
        }

        using var again = OpenDamaged(_disk);
        Assert.Equal(active.First, Assert.Single(again.OpenLog(Orders).Faults).SegmentFirst);
        Assert.Throws<StorageCorruptException>(() => Open(_disk));
    }

    [Fact]
    public void Appends_GoOnBesideAMissingActiveSegment()
    {
        _disk.Delete(PathOf(_manifest.Segments[^1]));
        using var store = OpenDamaged(_disk);
        var log = store.OpenLog(Orders);
        for (var i = Messages + 1; i <= Messages + 60; i++)
        {
            log.Append(Batch(i, payloadBytes: 1000), i);
        }

        log.Flush();
        AssertOneFault(log, _manifest.Segments[^1].First, 0);
        Assert.Equal(Messages + 60, ReadAll(log, from: Messages + 50)[^1].LastSequence);
    }

    private static string PathOf(SegmentInfo segment) => $"seg/{Orders.Value:x16}/{segment.First:x16}.seg";

    private static List<long> Frames(byte[] bytes, long end)
    {
        var frames = new List<long>();
        for (var at = HeaderBytes; at < end; at += 16 + BitConverter.ToInt32(bytes, at))
        {
            frames.Add(at);
        }

        return frames;
    }

    private static void AssertOneFault(ChannelLog log, ulong segment, long offset)
    {
        var fault = Assert.Single(log.Faults);
        Assert.Equal((segment, offset), (fault.SegmentFirst, fault.Offset));
    }

    /// <summary>Readers and the scrub find the damage at <paramref name="offset"/>; a start may have seen it, somewhat later in the file.</summary>
    private static void AssertFault(MemoryDisk disk, SegmentInfo segment, long offset, long? seenAtStart)
    {
        using (var store = OpenDamaged(disk))
        {
            var log = store.OpenLog(Orders);
            AssertFaultAt(log, seenAtStart);
            if (offset < segment.Length)
            {
                var found = new List<GroupId>();
                store.FaultFound += found.Add;
                var damage = Assert.Throws<StorageCorruptException>(() => ReadAll(log, from: segment.First));
                Assert.Equal((PathOf(segment), offset), (damage.Path, damage.Offset));
                AssertFaultAt(log, offset);
                Assert.Equal(seenAtStart == offset ? [] : [Orders], found);
            }

            if (segment.Last < Messages)
            {
                Assert.Equal(Messages - segment.Last, (ulong)ReadAll(log, from: segment.Last + 1).Count);
            }
        }

        using var scrubbed = OpenDamaged(disk);
        ScrubStep step;
        var faults = 0;
        do
        {
            step = scrubbed.Scrub(byteBudget: 3000);
            faults += step.FaultCount;
        }
        while (!step.IsPassComplete);
        Assert.Equal(1, faults);
        AssertFaultAt(scrubbed.OpenLog(Orders), offset);

        void AssertFaultAt(ChannelLog log, long? expected)
        {
            var place = log.Faults.Select(fault => (fault.SegmentFirst, fault.Offset, fault.Length));
            Assert.Equal(expected is { } at ? [(segment.First, at, segment.Length - at)] : [], place);
        }
    }
}
