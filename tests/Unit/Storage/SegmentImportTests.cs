using Bayou.Records;
using Bayou.Storage;
using Bayou.Storage.Disk;
using Xunit;
using static Bayou.Unit.Storage.StoreFixture;

namespace Bayou.Unit.Storage;

/// <summary>A channel that is taken over from another replica, and segments that are mended from one.</summary>
public sealed class SegmentImportTests : IDisposable
{
    private const int PayloadBytes = 1000;

    private readonly MemoryDisk _theirDisk = new();
    private readonly MemoryDisk _disk = new();
    private readonly SiloStore _theirs;
    private readonly ChannelLog _their;
    private SiloStore _store;
    private ChannelLog _log;

    public SegmentImportTests()
    {
        _theirs = Open(_theirDisk);
        _their = _theirs.OpenLog(Orders);
        _store = OpenDamaged(_disk);
        _log = _store.OpenLog(Orders);
    }

    public void Dispose()
    {
        _theirs.Dispose();
        _store.Dispose();
        _theirDisk.Dispose();
        _disk.Dispose();
    }

    [Fact]
    public void Manifest_SurvivesItsEncodingAndNothingElsePasses()
    {
        Append(_their, 1, 60);
        _their.TrimTo(30);
        var manifest = _their.Describe();
        Assert.Equal((30UL, 60UL, 60UL), (manifest.FirstSequence, manifest.LastSequence, manifest.LastLogIndex));
        var bytes = manifest.Encode();
        Assert.Equal(manifest, ChannelManifest.Decode(bytes));
        Assert.Equal(ChannelManifest.Empty, ChannelManifest.Decode(ChannelManifest.Empty.Encode()));
        for (var at = 0; at < bytes.Length; at++)
        {
            bytes[at] ^= 1;
            Assert.Throws<InvalidDataException>(() => ChannelManifest.Decode(bytes));
            Assert.Throws<InvalidDataException>(() => ChannelManifest.Decode(bytes.AsSpan(at)));
            bytes[at] ^= 1;
        }
    }

    [Fact]
    public void Read_ServesEveryByteOfTheManifestAndSaysWhenItIsGone()
    {
        Append(_their, 1, 60);
        var manifest = _their.Describe();
        foreach (var segment in manifest.Segments)
        {
            var bytes = new byte[segment.Length];
            Assert.True(_their.TryRead(segment.First, 0, bytes));
            Assert.Equal(ReadFile(_theirDisk, PathOf(segment))[..bytes.Length], bytes);
            Assert.Throws<ArgumentOutOfRangeException>(() => _their.TryRead(segment.First, 1, bytes));
        }

        _their.TrimTo(40);
        Assert.False(_their.TryRead(1, 0, new byte[10]));
        Assert.True(_their.TryRead(manifest.Segments[^1].First, 0, new byte[10]));
    }

    [Fact]
    public void SnapshotOfAGrownChannel_BringsOnlyWhatIsMissing()
    {
        Append(_their, 1, 30);
        Append(_log, 1, 30);
        Append(_their, 31, 90);
        var manifest = _their.Describe();
        using var import = _log.BeginImport(manifest);
        var own = _log.Describe();

        // The first segment is the same, of the second this silo has a part.
        Assert.Equal(manifest.Segments[0], own.Segments[0]);
        Assert.Equal(new SegmentRange(manifest.Segments[1].First, own.Segments[1].Length, manifest.Segments[1].Length - own.Segments[1].Length), import.Missing[0]);
        Assert.Equal(manifest.Segments.Sum(segment => segment.Length) - own.Segments.Sum(segment => segment.Length), import.MissingBytes);
        Assert.Throws<InvalidOperationException>(import.Complete);
        Fetch(import);
        Assert.Equal(30, ReadAll(_log).Count);
        Install(import, index: 90);

        AssertSameChannel();
        Append(_their, 91, 120);
        Append(_log, 91, 120);
        AssertSameChannel();
    }

    [Fact]
    public void InstalledSnapshot_IsThereAfterARestart_FromTheJournalAndFromTheCheckpoint()
    {
        Append(_their, 1, 90);
        _their.TrimTo(50);
        Append(_log, 1, 10);
        using (var import = _log.BeginImport(_their.Describe()))
        {
            Fetch(import);
            Install(import, index: 90);
        }

        for (var start = 0; start < 2; start++)
        {
            Restart();
            var group = Assert.Single(_store.Groups);
            Assert.Equal((90UL, 4UL, 42), (group.AppliedIndex, group.AppliedTerm, (int)group.State.Span[0]));
            Assert.Empty(group.Entries);
            AssertSameChannel();
            var checkpoint = _store.BeginCheckpoint();
            if (start == 0)
            {
                checkpoint.Add(new GroupCheckpoint
                {
                    Group = Orders, HardState = default, AppliedIndex = 90, AppliedTerm = 4, State = group.State,
                });
            }

            checkpoint.Complete();
        }

        Assert.Equal(_their.Describe().Segments.Select(PathOf), Segments(_disk));
        Assert.Empty(_disk.List("import"));
    }

    [Fact]
    public void SnapshotThatWasDurableBeforeItsInstallation_IsInstalledByTheRestart()
    {
        Append(_their, 1, 90);
        Append(_log, 1, 10);
        var import = _log.BeginImport(_their.Describe());
        Fetch(import);
        import.Complete();
        _store.Commit(new JournalWrite { Group = Orders, Snapshot = new StoredSnapshot(90, 4, default, import.Manifest) });
        Restart();
        AssertSameChannel();
    }

    [Fact]
    public void CompletedImportWithoutASnapshot_ChangesNothing()
    {
        Append(_log, 1, 30);
        Append(_their, 1, 90);
        using (var import = _log.BeginImport(_their.Describe()))
        {
            Fetch(import);
            import.Complete();
            Assert.Throws<InvalidOperationException>(() => Append(_log, 31, 31));
        }

        // The longer files are cut where the channel goes on by itself.
        Append(_log, 31, 90);
        AssertSameChannel();
    }

    [Fact]
    public void Import_GoesOnAfterARestartWithWhatItHad()
    {
        Append(_their, 1, 90);
        var manifest = _their.Describe();
        var import = _log.BeginImport(manifest);
        var all = import.MissingBytes;
        Fetch(import, most: 30_000);
        var rest = import.MissingBytes;
        Assert.InRange(rest, 1, all - 30_000);
        Restart();

        using var again = _log.BeginImport(manifest);

        // A frame that had come in part is fetched again.
        Assert.InRange(again.MissingBytes, rest, rest + (2 * (PayloadBytes + 200)));
        Fetch(again);
        Install(again, index: 90);
        AssertSameChannel();
    }

    [Fact]
    public void ImportCutOffWhileItMovedItsSegments_FindsThoseInPlace()
    {
        Append(_their, 1, 90);
        var manifest = _their.Describe();
        var import = _log.BeginImport(manifest);
        Fetch(import);
        import.Complete();
        Restart();

        using var again = _log.BeginImport(manifest);
        Assert.Empty(again.Missing);
        Install(again, index: 90);
        AssertSameChannel();
    }

    [Theory]
    [InlineData(0UL)]
    [InlineData(10UL)]
    public void AppendsIntoFilesThatAnImportFoundInPlace_MakeItBeginAgain(ulong own)
    {
        Append(_log, 1, own);
        Append(_their, 1, 90);
        var manifest = _their.Describe();
        var cutOff = _log.BeginImport(manifest);
        Fetch(cutOff);
        cutOff.Complete();
        cutOff.Dispose();

        using (var import = _log.BeginImport(manifest))
        {
            Assert.Empty(import.Missing);
            Assert.False(import.IsOutgrown);
            Append(_log, own + 1, own + 20);
            _log.Flush();
            Assert.True(import.IsOutgrown);
            Assert.Throws<InvalidOperationException>(import.Complete);
        }

        Append(_log, own + 21, own + 21);
        using var again = _log.BeginImport(manifest);
        Assert.NotEmpty(again.Missing);
        Fetch(again);
        Install(again, index: 90);
        AssertSameChannel();
    }

    [Fact]
    public void AppendsDuringAnImport_DoNotDisturbIt()
    {
        Append(_log, 1, 10);
        Append(_their, 1, 90);
        using var import = _log.BeginImport(_their.Describe());
        Fetch(import, most: 20_000);
        Append(_log, 11, 40);
        Fetch(import);
        import.Prepare();
        Append(_log, 41, 50);
        Install(import, index: 90);
        AssertSameChannel();
    }

    [Fact]
    public void DamagedBytes_AreFoundAndMissingAgain()
    {
        Append(_their, 1, 60);
        using var import = _log.BeginImport(_their.Describe());
        var victim = import.Missing[1];
        Fetch(import, change: (range, offset, bytes) => bytes[0] ^= (byte)(range.SegmentFirst == victim.SegmentFirst && offset == 10_000 ? 1 : 0));
        var damage = Assert.Throws<StorageCorruptException>(import.Complete);
        Assert.InRange(damage.Offset, 8_500, 10_000);
        var missing = Assert.Single(import.Missing);
        Assert.Equal((victim.SegmentFirst, damage.Offset, victim.Length - damage.Offset), (missing.SegmentFirst, missing.Offset, missing.Length));
        Assert.Empty(Segments(_disk));
        Fetch(import);
        Install(import, index: 60);
        AssertSameChannel();
    }

    [Fact]
    public void WholeFramesOfAnotherChannel_DoNotPass()
    {
        Append(_their, 1, 20);
        var other = _theirs.OpenLog(new GroupId(8));
        Append(other, 1, 20);
        var manifest = other.Describe();
        using var import = _log.BeginImport(_their.Describe());
        foreach (var range in import.Missing)
        {
            var bytes = new byte[range.Length];
            Assert.True(other.TryRead(range.SegmentFirst, range.Offset, bytes));
            import.Write(range.SegmentFirst, range.Offset, bytes);
        }

        Assert.Throws<StorageCorruptException>(import.Complete);
        Assert.NotEqual(0, import.MissingBytes);
    }

    [Fact]
    public void WholeSegmentOtherThanTheManifestSays_DoesNotPass()
    {
        Append(_their, 1, 30);
        var manifest = _their.Describe();
        var changed = manifest.Segments.Select(segment => segment with { Hash = segment.IsSealed ? segment.Hash + 1 : 0 }).ToList();
        using var import = _log.BeginImport(new ChannelManifest(1, 30, 30, changed));
        Fetch(import);
        Assert.Throws<StorageCorruptException>(import.Complete);
        Assert.Equal(new SegmentRange(1, 0, changed[0].Length), Assert.Single(import.Missing));
    }

    [Fact]
    public void SegmentThatGoesOnAfterAnImport_IsHashedByWhatItHolds()
    {
        // Both active segments are of the same length.
        Append(_their, 1, 23);
        Append(_log, 1, 5);
        using var import = _log.BeginImport(_their.Describe());
        Fetch(import);
        Install(import, index: 23);
        Append(_their, 24, 60);
        Append(_log, 24, 60);
        AssertSameChannel();
    }

    [Fact]
    public void CheckpointOfAnOlderState_NeedsTheSnapshotInItsJournal()
    {
        Append(_their, 1, 60);
        using var import = _log.BeginImport(_their.Describe());
        Fetch(import);
        Install(import, index: 60);
        var checkpoint = _store.BeginCheckpoint();
        checkpoint.Add(State(Orders, applied: 0));
        Assert.Throws<InvalidOperationException>(checkpoint.Complete);
        _store.Append(new JournalWrite { Group = Orders, Snapshot = new StoredSnapshot(60, 4, default, import.Manifest) });
        checkpoint.Complete();
        Restart();
        Assert.Equal(60UL, _store.Groups[0].AppliedIndex);
        AssertSameChannel();
    }

    [Fact]
    public void OlderOrDifferentChannels_AreRefused()
    {
        Append(_their, 1, 30);
        var older = _their.Describe();
        Append(_log, 1, 40);
        Assert.Throws<InvalidOperationException>(() => _log.BeginImport(older));

        var different = _theirs.OpenLog(new GroupId(8));
        Append(different, 1, 60, payloadBytes: 900);
        Assert.Throws<InvalidDataException>(() => _log.BeginImport(different.Describe()));
    }

    [Fact]
    public void BytesNobodyAskedFor_AreRefused()
    {
        Append(_their, 1, 30);
        using var import = _log.BeginImport(_their.Describe());
        Assert.Throws<ArgumentException>(() => import.Write(999, 0, new byte[1]));
        Assert.ThrowsAny<ArgumentException>(() => import.Write(1, _their.Describe().Segments[0].Length, new byte[1]));
        Assert.Throws<InvalidOperationException>(() => _log.BeginImport(_their.Describe()));
    }

    [Fact]
    public void AbandonedImport_LeavesNothing()
    {
        Append(_their, 1, 60);
        var import = _log.BeginImport(_their.Describe());
        Fetch(import, most: 30_000);
        Assert.NotEmpty(_disk.List("import"));
        import.Abandon();
        Assert.Empty(_disk.List("import"));
        Append(_log, 1, 10);
    }

    [Fact]
    public void StagedFiles_AreRemovedOnceTheyAreUseless()
    {
        Append(_their, 1, 60);
        Fetch(_log.BeginImport(_their.Describe()), most: 30_000);
        Restart();
        Assert.NotEmpty(_disk.List("import"));
        _log.BeginImport(_their.Describe()).Dispose();
        _store.BeginCheckpoint().Complete();
        Assert.NotEmpty(_disk.List("import"));
        _store.Dispose();
        _store = OpenDamaged(_disk);
        _store.BeginCheckpoint().Complete();
        Assert.Empty(_disk.List("import"));

        _log = _store.OpenLog(Orders);
        _store.Commit(Write(Orders, Entry(1)));
        Fetch(_log.BeginImport(_their.Describe()), most: 30_000);
        Restart();
        Assert.Equal(2, _disk.List($"import/{Orders.Value:x16}").Count);

        Append(_log, 1, 60);
        _store.Commit(Write(Orders, Entry(60)));
        CheckIn(_store, applied: 60);
        Restart();
        Assert.Empty(_disk.List("import"));
    }

    [Fact]
    public void ReaderBesideAnInstallation_GoesOnInTheNewSegments()
    {
        Append(_their, 1, 90);
        _their.TrimTo(40);
        Append(_log, 1, 30);
        using var reader = _log.OpenReader();
        for (var i = 1UL; i <= 10; i++)
        {
            Assert.True(reader.TryRead(out _));
        }

        using var import = _log.BeginImport(_their.Describe());
        Fetch(import);
        Install(import, index: 90);
        var read = new List<ulong>();
        while (reader.TryRead(out var batch))
        {
            read.Add(batch.BaseSequence);
        }

        // It finishes the segment that it was in.
        Assert.Equal([.. Enumerable.Range(11, 8), .. Enumerable.Range(40, 51)], read.Select(sequence => (int)sequence));
    }

    private static string PathOf(SegmentInfo segment) => $"seg/{Orders.Value:x16}/{segment.First:x16}.seg";

    private static void Append(ChannelLog log, ulong from, ulong to, int payloadBytes = PayloadBytes)
    {
        for (var i = from; i <= to; i++)
        {
            log.Append(Batch(i, payloadBytes: payloadBytes), i);
        }
    }

    /// <summary>Fetches what is missing in chunks, at most so many bytes.</summary>
    private void Fetch(SegmentImport import, long most = long.MaxValue, Action<SegmentRange, long, byte[]>? change = null)
    {
        foreach (var range in import.Missing)
        {
            for (var done = 0L; done < range.Length && most > 0;)
            {
                var bytes = new byte[Math.Min(2500, range.Length - done)];
                var offset = range.Offset + done;
                Assert.True(_their.TryRead(range.SegmentFirst, offset, bytes));
                change?.Invoke(range, offset, bytes);
                import.Write(range.SegmentFirst, offset, bytes);
                done += bytes.Length;
                most -= bytes.Length;
            }
        }
    }

    private void Install(SegmentImport import, ulong index)
    {
        import.Complete();
        _store.Commit(new JournalWrite { Group = Orders, Snapshot = new StoredSnapshot(index, 4, new byte[] { 42 }, import.Manifest) });
        _log.Install(import.Manifest);
    }

    private void Restart()
    {
        _store.Dispose();
        _store = OpenDamaged(_disk);
        _log = _store.OpenLog(Orders);
    }

    private void AssertSameChannel()
    {
        Assert.Equal(_their.Describe(), _log.Describe());
        var expected = ReadAll(_their);
        Assert.Equal(expected.Select(batch => batch.BaseSequence), ReadAll(_log).Select(batch => batch.BaseSequence));
        foreach (var segment in _their.Describe().Segments)
        {
            Assert.Equal(ReadFile(_theirDisk, PathOf(segment)), ReadFile(_disk, PathOf(segment)));
        }
    }
}
