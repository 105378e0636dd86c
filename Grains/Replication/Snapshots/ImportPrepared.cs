using Bayou.Storage;

namespace Bayou.Grains.Replication.Snapshots;

/// <summary>Segments that were fetched have been checked and synced, away from the worker since that takes its time.</summary>
internal sealed class ImportPrepared(Replica replica, SegmentImport import, bool isSound) : ReplicaTask(replica)
{
    public SegmentImport Import => import;

    /// <summary>They are what the manifest names.</summary>
    public bool IsSound => isSound;

    /// <summary>What was prepared is moved into place right after it.</summary>
    public override bool MayBlock => true;

    public static void Begin(Replica replica, IReplicaScheduler scheduler, SegmentImport import) => scheduler.RunLong(() =>
    {
        var isSound = true;
        try
        {
            import.Prepare();
        }
        catch (Exception exception) when (exception is StorageCorruptException or IOException)
        {
            // Damaged, or not to be read. A write that failed has stopped the process.
            isSound = false;
        }

        replica.Post(new ImportPrepared(replica, import, isSound));
        return Task.CompletedTask;
    });

    protected override void Run() => Replica.OnPrepared(this);
}
