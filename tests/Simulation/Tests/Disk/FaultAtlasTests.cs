using Bayou.Records;
using Bayou.Simulation.Disk;
using Bayou.Storage;
using Xunit;

namespace Bayou.Simulation.Tests.Disk;

public sealed class FaultAtlasTests
{
    private static readonly DiskArea Segment = new(new GroupId(7), 1);
    private static readonly DiskArea OtherSegment = new(new GroupId(7), 9);

    private readonly VirtualDisk[] _disks;
    private readonly FaultAtlas _atlas;

    public FaultAtlasTests()
    {
        _disks = [.. Enumerable.Range(1, 5).Select(number => Make($"n{number}", number))];
        _atlas = new FaultAtlas(_disks, replicaCount: 5);
    }

    [Theory]
    [InlineData("wal/wal-0000000000000001.log", true, 0)]
    [InlineData("CHECKPOINT.a", true, 0)]
    [InlineData("IDENT.b", true, 0)]
    [InlineData("seg/0000000000000007/00000000000000ff.seg", false, 255)]
    [InlineData("seg/0000000000000007/new.tmp", true, 0)]
    public void Path_SaysItsArea(string path, bool isControl, ulong segment)
    {
        var area = DiskArea.Of(path);
        Assert.Equal(isControl, area.IsControl);
        Assert.Equal(segment, area.Segment);
        Assert.Equal(isControl ? null : new GroupId(7), area.Group);
    }

    [Fact]
    public void ControlDamage_IsForAMinority()
    {
        Damage(0, "IDENT.a");
        Damage(1, "wal/wal-0000000000000001.log");
        Assert.False(_atlas.Permits(_disks[2], DiskArea.Control));
        Assert.False(_atlas.Permits(_disks[2], Segment));
        Assert.True(_atlas.Permits(_disks[1], DiskArea.Control));
        Assert.True(_atlas.Permits(_disks[1], Segment));
    }

    [Fact]
    public void SegmentDamage_IsForAMinorityOfEachSegment()
    {
        Damage(0, PathOf(Segment));
        Damage(1, PathOf(Segment));
        Assert.False(_atlas.Permits(_disks[2], Segment));
        Assert.True(_atlas.Permits(_disks[2], OtherSegment));
        Damage(2, PathOf(OtherSegment));

        // A silo that lost its journal would be the third without the first segment.
        Assert.False(_atlas.Permits(_disks[2], DiskArea.Control));
        Assert.False(_atlas.PermitsLoss(_disks[3]));
        Assert.True(_atlas.Permits(_disks[0], DiskArea.Control));
    }

    [Fact]
    public void LostDisk_CountsUntilItIsWhole()
    {
        var empty = new VirtualDisk("n1", new Random(1));
        _atlas.Replace(_disks[0], empty);
        _atlas.Replace(_disks[1], new VirtualDisk("n2", new Random(1)));
        Assert.False(_atlas.PermitsLoss(_disks[2]));
        Assert.False(_atlas.IsSound(empty));
        _atlas.MarkWhole(empty);
        Assert.True(_atlas.PermitsLoss(_disks[2]));
        Assert.True(_atlas.IsSound(empty));
    }

    [Fact]
    public void Damage_EndsWithItsSectorOrItsFile()
    {
        Damage(0, PathOf(Segment));
        Damage(1, PathOf(OtherSegment));
        using (var mount = _disks[0].Mount())
        {
            var file = mount.Open(PathOf(Segment));
            file.Write(new byte[8192], 0);
            Assert.False(_atlas.IsSound(_disks[0]));
            file.Sync();
        }

        Assert.True(_atlas.IsSound(_disks[0]));
        using (var mount = _disks[1].Mount())
        {
            mount.Delete(PathOf(OtherSegment));
            Assert.False(_atlas.IsSound(_disks[1]));
            mount.SyncAll();
        }

        Assert.True(_atlas.IsSound(_disks[1]));
    }

    [Fact]
    public void Rot_DamagesEveryKindOfPlaceAndNeverAMajority()
    {
        var random = new Random(1);
        var places = new HashSet<string>();
        var disks = _disks;
        var atlas = _atlas;
        for (var i = 0; i < 500; i++)
        {
            var disk = disks[random.Next(disks.Length)];
            var rot = new DiskRot(disk, atlas);
            var place = random.Next(4) switch
            {
                0 => rot.FlipBits(random),
                1 => rot.MisdirectWrite(random),
                2 => rot.FlipBitsOnRead(random),
                _ => rot.MisdirectRead(random),
            };
            if (place is not null)
            {
                places.Add(place.Split(' ')[0]);
            }

            Assert.True(disks.Count(candidate => !atlas.IsControlSound(candidate)) <= 2);
            if (i % 20 == 19)
            {
                disks = [.. Enumerable.Range(1, 5).Select(number => Make($"n{number}", number + i))];
                atlas = new FaultAtlas(disks, replicaCount: 5);
            }
        }

        Assert.Equal(["bits", "next", "write"], places.Order());
    }

    [Fact]
    public void LastBatchOfAJournal_IsNeverLost()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var disk = Make("n1", seed);
            var rot = new DiskRot(disk, new FaultAtlas([disk, disk, disk], replicaCount: 3));
            rot.MisdirectWrite(new Random(seed));
            using var mount = disk.Mount();
            var bytes = new byte[4096];
            mount.Open("wal/wal-0000000000000001.log").Read(bytes, 4096);
            Assert.True(bytes.AsSpan().IndexOfAnyExcept((byte)0) >= 0);
        }
    }

    [Fact]
    public void SpoiledRead_HappensOnce()
    {
        var disk = Make("n1", 1);
        disk.ReadFaults.Arm("IDENT.a", 0, static bytes => bytes[10] ^= 1);
        using var mount = disk.Mount();
        using var file = mount.Open("IDENT.a");
        var bytes = new byte[8];
        Assert.Equal(8, file.Read(bytes, 6));
        Assert.Equal([3, 3, 3, 3, 2, 3, 3, 3], bytes);
        file.Read(bytes, 6);
        Assert.Equal([3, 3, 3, 3, 3, 3, 3, 3], bytes);
    }

    private static string PathOf(DiskArea area) => $"seg/{area.Group!.Value.Value:x16}/{area.Segment:x16}.seg";

    private static VirtualDisk Make(string name, int seed)
    {
        var disk = new VirtualDisk(name, new Random(seed));
        using var mount = disk.Mount();
        mount.CreateDirectory("wal");
        mount.CreateDirectory("seg/0000000000000007");
        foreach (var path in (string[])["IDENT.a", "IDENT.b", "CHECKPOINT.a", PathOf(Segment), PathOf(OtherSegment), "wal/wal-0000000000000001.log"])
        {
            Fill(mount.Open(path, create: true), 0);
        }

        // The last batch of the journal.
        Fill(mount.Open("wal/wal-0000000000000001.log"), 4096);
        mount.SyncAll();
        return disk;
    }

    private static void Fill(IDiskFile file, long offset)
    {
        var bytes = new byte[4096];
        bytes.AsSpan().Fill(3);
        file.Write(bytes, offset);
    }

    private void Damage(int disk, string path) => _disks[disk].Names.Find(path)!.Damage(0, new byte[4096]);
}
