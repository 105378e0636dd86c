namespace Bayou.Simulation.Disk;

/// <summary>
/// Sees to it that a run stays within what replication can mend: for each <see cref="DiskArea"/> only a minority of the replicas may be
/// damaged at a time. A silo whose control area is damaged, or which has lost its disk and not yet caught up, counts as damaged everywhere.
/// What is damaged is read off the disks: damage ends when its sector was written anew or its file is gone.
/// </summary>
/// <param name="disks">The disks of all silos.</param>
/// <param name="replicaCount">Replicas of each group, and of the metadata.</param>
/// <param name="mendsSegments">Whether segments are mended one by one; otherwise damage to one is damage to all of its silo.</param>
public sealed class FaultAtlas(IReadOnlyList<VirtualDisk> disks, int replicaCount, bool mendsSegments = true)
{
    private readonly List<VirtualDisk> _disks = [.. disks];
    private readonly HashSet<VirtualDisk> _lost = [];

    /// <summary>How many replicas may be damaged.</summary>
    public int Minority => (replicaCount - 1) / 2;

    /// <summary>The area that a file belongs to.</summary>
    public DiskArea AreaOf(string path) => mendsSegments ? DiskArea.Of(path) : DiskArea.Control;

    /// <summary>Whether some part of <paramref name="area"/> on a disk may be damaged.</summary>
    public bool Permits(VirtualDisk disk, DiskArea area) =>
        area.IsControl ? PermitsEverywhere(disk) : WithDamagedControl(disk).Concat(WithDamage(area)).Distinct().Count() <= Minority;

    /// <summary>Whether all that a disk holds may be lost.</summary>
    public bool PermitsLoss(VirtualDisk disk) => PermitsEverywhere(disk);

    /// <summary>A disk was lost, and an empty one is in its place; its silo counts as damaged until <see cref="MarkWhole"/>.</summary>
    public void Replace(VirtualDisk disk, VirtualDisk empty)
    {
        _disks[_disks.IndexOf(disk)] = empty;
        _lost.Remove(disk);
        _lost.Add(empty);
    }

    /// <summary>The silo of a disk owes something until <see cref="MarkWhole"/>, even if the damage itself has gone from the disk.</summary>
    public void MarkOwing(VirtualDisk disk) => _lost.Add(disk);

    /// <summary>Whether a disk was lost, or its silo has something to mend.</summary>
    public bool IsOwing(VirtualDisk disk) => _lost.Contains(disk);

    /// <summary>The silo of a lost disk has everything again.</summary>
    public void MarkWhole(VirtualDisk disk) => _lost.Remove(disk);

    /// <summary>Whether a silo's journal, checkpoint and identity are in order, and it has not lost its data.</summary>
    public bool IsControlSound(VirtualDisk disk) => !_lost.Contains(disk) && !DamagedAreas(disk).Any(static area => area.IsControl);

    /// <summary>Whether nothing on a disk is damaged.</summary>
    public bool IsSound(VirtualDisk disk) => !_lost.Contains(disk) && !DamagedAreas(disk).Any();

    private IEnumerable<DiskArea> DamagedAreas(VirtualDisk disk)
    {
        ArgumentNullException.ThrowIfNull(disk);
        return disk.Names.DamagedPaths.Concat(disk.ReadFaults.Paths).Select(AreaOf);
    }

    /// <summary>Control damage is damage of every segment: each must stay within the minority.</summary>
    private bool PermitsEverywhere(VirtualDisk disk)
    {
        var control = WithDamagedControl(disk).Distinct().ToArray();
        return control.Length <= Minority
            && _disks.SelectMany(DamagedAreas).Where(static area => !area.IsControl).Distinct()
                .All(area => control.Concat(WithDamage(area)).Distinct().Count() <= Minority);
    }

    private IEnumerable<VirtualDisk> WithDamagedControl(VirtualDisk added) => _disks.Where(disk => disk == added || !IsControlSound(disk));

    private IEnumerable<VirtualDisk> WithDamage(DiskArea area) => _disks.Where(disk => DamagedAreas(disk).Contains(area));
}
