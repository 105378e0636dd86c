using Bayou.Simulation.Disk;
using Bayou.Simulation.Run;
using Bayou.Storage;

namespace Bayou.Simulation.Swarm;

/// <summary>Images of disks, as a backup would have them: what was durable at some time of the run.</summary>
internal sealed class DiskImages(SimulatedCluster cluster)
{
    private readonly Dictionary<Machine, Image> _images = [];

    /// <summary>
    /// An old image of a machine's disk that may take the disk's place. Null if there is none yet; then one is taken, unless there is one that is
    /// not old enough.
    /// </summary>
    public VirtualDisk? Next(Machine machine, Action taken)
    {
        // What is on an old disk has to be found out before there can be anything new.
        if (machine.HasOldDisk)
        {
            return null;
        }

        // The image of a disk that was lost is of no silo any more.
        if (_images.TryGetValue(machine, out var image) && image.Original == machine.Disk)
        {
            return cluster.Atlas.PermitsLoss(machine.Disk) && IsKnownToBeOld(image, machine) ? image.Content : null;
        }

        if (TryTake(machine))
        {
            taken();
        }

        return null;
    }

    private bool TryTake(Machine machine)
    {
        if (!cluster.Atlas.IsSound(machine.Disk) || Open(machine.Disk) is not { } store)
        {
            return false;
        }

        using (store)
        {
            _images[machine] = new Image(machine.Disk, machine.Disk.CloneDurable(), store.Identity.Silo, store.Identity.Epoch);
            return true;
        }
    }

    /// <summary>
    /// All others have it on their disks that the silo was started again since: what nobody knows, nobody can notice. A majority would not do. Those
    /// who know may be down, and the others make a quorum with the old disk, which is part of it by right.
    /// </summary>
    private bool IsKnownToBeOld(Image image, Machine machine) => cluster.Machines.All(other => other == machine || Knows(other.Disk, image));

    private bool Knows(VirtualDisk disk, Image image)
    {
        using var store = Open(disk);
        return store is not null && cluster.Kind.EpochKnownOf(image.Silo, store) >= image.NextEpoch;
    }

    private SiloStore? Open(VirtualDisk disk)
    {
        try
        {
            return cluster.OpenCopy(disk);
        }
        catch (StorageCorruptException)
        {
            return null;
        }
    }

    /// <param name="Original">The disk itself.</param>
    /// <param name="Content">What was on it.</param>
    /// <param name="Silo">Whose it is.</param>
    /// <param name="NextEpoch">Of the first start on the image.</param>
    private sealed record Image(VirtualDisk Original, VirtualDisk Content, Guid Silo, ulong NextEpoch);
}
