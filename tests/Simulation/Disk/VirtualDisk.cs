using Bayou.Simulation.Engine;

namespace Bayou.Simulation.Disk;

/// <summary>
/// The disk of one machine. It outlives the processes that <see cref="Mount"/> it, remembers what was not synced, and fails in every way
/// that a run wants: see <see cref="DiskFaults"/> for what it does to those who write, and <see cref="DiskRot"/> for what befalls data at rest.
/// </summary>
public sealed class VirtualDisk
{
    public VirtualDisk(string name, Random random)
        : this(name, random, new NameTable())
    {
    }

    private VirtualDisk(string name, Random random, NameTable names)
    {
        Name = name;
        Random = random;
        Names = names;
    }

    public string Name { get; }

    /// <summary>What goes wrong next.</summary>
    public DiskFaults Faults { get; } = new();

    /// <summary>How long a sync takes on average, and how much that varies. Default none.</summary>
    public TimeSpan SyncTime { get; set; }

    /// <summary>Bytes that fit. Default 1 GiB.</summary>
    public long Capacity { get; set; } = 1 << 30;

    /// <summary>Bytes that something else takes.</summary>
    public long ForeignBytes { get; set; }

    /// <summary>Changes of the disk so far.</summary>
    public long ChangeCount { get; internal set; }

    internal NameTable Names { get; }

    internal ReadFaults ReadFaults { get; } = new();

    internal Random Random { get; }

    /// <summary>Bytes that still fit.</summary>
    public long FreeBytes => Math.Max(0, Capacity - UsedBytes - ForeignBytes);

    /// <summary>Bytes that the files take.</summary>
    public long UsedBytes => Names.Files.Sum(static pair => pair.Value.SectorCount * (long)FileContent.SectorBytes);

    /// <summary>A reader was given something wrong from a medium that is whole.</summary>
    public bool HasSpoiledReads => ReadFaults.HaveSpoiled;

    /// <summary>All reads from now on return what the medium holds.</summary>
    public void StopSpoilingReads() => ReadFaults.Clear();

    /// <summary>The disk as a new process sees it.</summary>
    /// <param name="wait">Called on the thread of whoever syncs, with the time that the sync takes.</param>
    /// <param name="powerFailed">Called when the power goes in the middle of a change, before that throws.</param>
    public DiskMount Mount(Action<TimeSpan>? wait = null, Action? powerFailed = null) => new(this, wait, powerFailed);

    /// <summary>
    /// The power goes. What was not synced survives as a whole, not at all or sector by sector and name by name; each is tried equally often.
    /// </summary>
    public void LosePower()
    {
        var mood = Random.Next(4);
        bool Survives() => mood == 0 || (mood > 1 && Random.Next(2) == 0);
        foreach (var file in Names.Contents)
        {
            file.LosePower(Survives);
        }

        Names.LosePower(Survives);
        ReadFaults.Clear();
    }

    /// <summary>A disk of its own that holds what would survive if the power went now and everything not synced were lost.</summary>
    public VirtualDisk CloneDurable() => new(Name, new Random(0), Names.CloneDurable());

    /// <summary>A disk like this one, in its place, on which everything is as an older image has it.</summary>
    public VirtualDisk RestoredFrom(VirtualDisk image)
    {
        ArgumentNullException.ThrowIfNull(image);
        return new VirtualDisk(Name, Random, image.Names.CloneDurable()) { SyncTime = SyncTime, Capacity = Capacity };
    }

    internal bool HasRoomFor(FileContent file, long length) =>
        ForeignBytes == 0 || length - (file.SectorCount * (long)FileContent.SectorBytes) <= FreeBytes;

    internal void SyncAll()
    {
        foreach (var file in Names.Contents)
        {
            file.Sync();
        }

        Names.SyncAll();
    }

    internal TimeSpan DrawSyncTime() => Random.Exponential(SyncTime * Faults.Slowness);
}
