using Bayou.Simulation.Disk;
using Bayou.Simulation.Engine;
using Bayou.Storage;
using Xunit;

namespace Bayou.Simulation.Tests.Disk;

public sealed class VirtualDiskTests
{
    private const int Sector = 4096;

    private static readonly byte[] Old = [.. Enumerable.Repeat((byte)1, 4 * Sector)];
    private static readonly byte[] New = [.. Enumerable.Repeat((byte)2, 4 * Sector)];

    [Fact]
    public void SyncedBytes_SurviveEveryPowerCut()
    {
        for (var seed = 0; seed < 50; seed++)
        {
            var disk = Make(seed, out var mount);
            using var file = mount.Open("f");
            file.Write(New, 0);
            file.Sync();
            disk.LosePower();
            Assert.Equal(New, Read(disk, "f"));
        }
    }

    [Fact]
    public void UnsyncedSectors_SurviveOneByOne()
    {
        var images = new HashSet<string>();
        for (var seed = 0; seed < 400; seed++)
        {
            var disk = Make(seed, out var mount);
            using var file = mount.Open("f");
            file.Write(New, 0);
            Assert.Equal(New, Read(disk, "f"));
            disk.LosePower();
            images.Add(Sectors(Read(disk, "f")));
        }

        Assert.Equal(16, images.Count);
    }

    [Fact]
    public void CutFile_IsAsLongAsBeforeOrAsAfter()
    {
        var images = new HashSet<string>();
        for (var seed = 0; seed < 100; seed++)
        {
            var disk = Make(seed, out var mount);
            using var file = mount.Open("f");
            file.SetLength(Sector + 100);
            disk.LosePower();
            images.Add(Sectors(Read(disk, "f")));
        }

        Assert.Equal(["1111", "11"], images.OrderByDescending(static image => image.Length));
    }

    [Fact]
    public void CutAndExtendedFile_ReadsAsZeros()
    {
        Make(0, out var mount);
        using var file = mount.Open("f");
        file.SetLength(100);
        file.Extend(Sector);
        var bytes = new byte[Sector];
        Assert.Equal(Sector, file.Read(bytes, 0));
        Assert.Equal(Old.AsSpan(0, 100), bytes.AsSpan(0, 100));
        Assert.True(bytes.AsSpan(100).IndexOfAnyExcept((byte)0) < 0);
    }

    [Fact]
    public void UnsyncedNames_SurviveAsFarAsTheyRestOnEachOther()
    {
        var images = new HashSet<string>();
        for (var seed = 0; seed < 200; seed++)
        {
            var disk = Make(seed, out var mount);
            mount.Open("tmp", create: true).Dispose();
            mount.Rename("tmp", "g");
            mount.Delete("f");
            mount.Open("h", create: true).Dispose();
            disk.LosePower();
            using var after = disk.Mount();
            images.Add(string.Join(' ', after.List("")));
        }

        // Each of h and the deletion of f may be missing by itself; g only comes by way of tmp.
        Assert.Equal(12, images.Count);
        Assert.DoesNotContain("f g h tmp", images);
    }

    [Fact]
    public void SyncedDirectory_KeepsItsNamesButNotItsBytes()
    {
        var disk = Make(4, out var mount);
        mount.Open("g", create: true).Write(New, 0);
        mount.SyncDirectory("");
        using var durable = disk.CloneDurable().Mount();
        Assert.Equal(["f", "g"], durable.List(""));
        Assert.Equal(0, durable.LengthOf("g"));
    }

    [Fact]
    public void FileInAnUnsyncedDirectory_GoesWithIt()
    {
        var disk = Make(0, out var mount);
        mount.CreateDirectory("seg/1");
        mount.Open("seg/1/a", create: true).Dispose();
        mount.SyncDirectory("seg/1");
        mount.SyncDirectory("seg");
        using (var durable = disk.CloneDurable().Mount())
        {
            Assert.False(durable.Exists("seg/1/a"));
        }

        mount.SyncDirectory("");
        using (var durable = disk.CloneDurable().Mount())
        {
            Assert.True(durable.Exists("seg/1/a"));
        }
    }

    [Fact]
    public void MissingDirectory_IsAnError()
    {
        Make(0, out var mount);
        Assert.Throws<FileNotFoundException>(() => mount.Open("seg/1/a"));
        Assert.Throws<DiskFailureException>(() => mount.Open("seg/1/a", create: true));
        mount.CreateDirectory("seg/1");
        mount.Open("seg/1/a", create: true).Dispose();
        mount.DeleteEmptyDirectory("seg/1");
        Assert.Equal(["a"], mount.List("seg/1"));
        mount.Delete("seg/1/a");
        mount.DeleteEmptyDirectory("seg/1");
        Assert.Empty(mount.List("seg"));
    }

    [Fact]
    public void DurableImage_IsWhatWasSynced_AndStandsOnItsOwn()
    {
        var disk = Make(0, out var mount);
        using var file = mount.Open("f");
        file.Write(New, 0);
        var image = disk.CloneDurable();
        file.Sync();
        Assert.Equal("1111", Sectors(Read(image, "f")));
        using var imageMount = image.Mount();
        imageMount.Open("f").Write(New.AsSpan(0, Sector), 0);
        Assert.Equal("2111", Sectors(Read(image, "f")));
        Assert.Equal("2222", Sectors(Read(disk, "f")));
    }

    [Fact]
    public void EndedProcess_ChangesNothingAnyMore()
    {
        var disk = Make(0, out var mount);
        var file = mount.Open("f");
        file.Write(New.AsSpan(0, Sector), 0);
        mount.Detach();
        Assert.Throws<PowerCutException>(() => file.Write(New, 0));
        Assert.Throws<PowerCutException>(file.Sync);
        Assert.Throws<PowerCutException>(() => mount.Delete("f"));

        // The system's memory outlives the process, the power cut afterwards does not spare it.
        Assert.Equal("2111", Sectors(Read(disk, "f")));
        using var durable = disk.CloneDurable().Mount();
        Assert.Equal("1111", Sectors(Read(disk.CloneDurable(), "f")));
    }

    [Fact]
    public void PowerCut_ComesInTheMiddleOfTheChosenChange()
    {
        var outcomes = new HashSet<string>();
        for (var seed = 0; seed < 100; seed++)
        {
            var cuts = 0;
            var disk = Make(seed, out _);
            using var mount = disk.Mount(powerFailed: () => cuts++);
            var file = mount.Open("f");
            disk.Faults.CutPowerAfter(1);
            file.Write(New.AsSpan(0, Sector), 0);
            Assert.Equal(0, cuts);
            Assert.Throws<PowerCutException>(() => file.Write(New.AsSpan(Sector), Sector));
            Assert.Equal(1, cuts);
            Assert.Throws<PowerCutException>(file.Sync);
            outcomes.Add(Sectors(Read(disk, "f")));
        }

        Assert.Equal(["2111", "2211", "2221", "2222"], outcomes.Order());
    }

    [Fact]
    public void FailedWrite_LeavesAPartAndHappensOnce()
    {
        var disk = Make(3, out var mount);
        using var file = mount.Open("f");
        disk.Faults.FailWriteAfter(0);
        Assert.Throws<DiskFailureException>(() => file.Write(New, 0));
        file.Write(New, 0);
        Assert.Equal(New, Read(disk, "f"));
    }

    [Fact]
    public void FailedSync_MayDropSectorsThatALaterSyncDoesNotWrite()
    {
        var lost = 0;
        for (var seed = 0; seed < 50; seed++)
        {
            var disk = Make(seed, out var mount);
            using var file = mount.Open("f");
            file.Write(New, 0);
            disk.Faults.FailSyncAfter(0);
            Assert.Throws<DiskFailureException>(file.Sync);
            file.Sync();
            Assert.Equal("2222", Sectors(Read(disk, "f")));
            var uncached = new byte[4 * Sector];
            mount.OpenUncached("f").Read(uncached, 0);
            Assert.Equal(Sectors(Read(disk.CloneDurable(), "f")), Sectors(uncached));
            lost += Sectors(Read(disk.CloneDurable(), "f")).Count(static sign => sign == '1');
            disk.LosePower();
            Assert.Equal(Sectors(Read(disk.CloneDurable(), "f")), Sectors(Read(disk, "f")));
        }

        Assert.InRange(lost, 30, 120);
    }

    [Fact]
    public void SectorWrittenAnewAfterAFailedSync_IsDurableAgain()
    {
        var disk = Make(5, out var mount);
        using var file = mount.Open("f");
        file.Write(New, 0);
        disk.Faults.FailSyncAfter(0);
        Assert.Throws<DiskFailureException>(file.Sync);
        file.Write(New, 0);
        file.Sync();
        Assert.Equal("2222", Sectors(Read(disk.CloneDurable(), "f")));
    }

    [Fact]
    public void FullDisk_TakesWhatNeedsNoMoreRoom()
    {
        var disk = Make(0, out var mount);
        disk.Capacity = 7 * Sector;
        disk.ForeignBytes = 2 * Sector;
        Assert.Equal(Sector, mount.FreeBytes);
        using var file = mount.Open("f");
        file.Write(New, 0);
        file.Extend(5 * Sector);
        Assert.Equal(0, mount.FreeBytes);
        Assert.Throws<DiskFullException>(() => file.Extend(5 * Sector + 1));
        Assert.Throws<DiskFullException>(() => file.Write(New, 4 * Sector));
        Assert.False(mount.TryReserve("g", Sector));
        file.Sync();
        disk.ForeignBytes = 0;
        Assert.True(mount.TryReserve("g", Sector));
        Assert.Equal(Sector, mount.LengthOf("g"));
    }

    [Fact]
    public void Syncs_TakeTheTimeOfTheDisk()
    {
        var waits = new List<TimeSpan>();
        var disk = Make(0, out _);
        disk.SyncTime = TimeSpan.FromMilliseconds(2);
        using var mount = disk.Mount(waits.Add);
        using var file = mount.Open("f");
        for (var i = 0; i < 2000; i++)
        {
            disk.Faults.Slowness = i < 1000 ? 1 : 10;
            file.Sync();
        }

        Assert.InRange(waits.Take(1000).Average(static wait => wait.TotalMilliseconds), 1.8, 2.2);
        Assert.InRange(waits.Skip(1000).Average(static wait => wait.TotalMilliseconds), 18, 22);
    }

    private static VirtualDisk Make(int seed, out DiskMount mount)
    {
        var disk = new VirtualDisk("n1", new Random(seed));
        mount = disk.Mount();
        mount.Open("f", create: true).Write(Old, 0);
        mount.SyncAll();
        return disk;
    }

    private static byte[] Read(VirtualDisk disk, string path)
    {
        using var mount = disk.Mount();
        using var file = mount.Open(path);
        var bytes = new byte[file.Length];
        Assert.Equal(bytes.Length, file.Read(bytes, 0));
        return bytes;
    }

    /// <summary>The first byte of each sector.</summary>
    private static string Sectors(byte[] bytes) => string.Concat(bytes.Chunk(Sector).Select(static sector => sector[0].ToString(System.Globalization.CultureInfo.InvariantCulture)));
}
