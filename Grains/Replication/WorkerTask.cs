namespace Bayou.Grains.Replication;

/// <summary>Something for a worker to do in its turn.</summary>
internal abstract class WorkerTask
{
    public abstract void Run(ReplicaWorker worker);
}
