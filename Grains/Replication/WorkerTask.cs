namespace Bayou.Grains.Replication;

/// <summary>Something for a worker to do in its turn.</summary>
internal abstract class WorkerTask
{
    /// <summary>
    /// It may wait for the disk, or for the journal to write something, and so must not run on a thread that others wait for: the journal's
    /// own, or one that hears of sockets.
    /// </summary>
    public virtual bool MayBlock => false;

    public abstract void Run(ReplicaWorker worker);
}
