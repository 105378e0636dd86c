namespace Bayou.Grains.Replication;

/// <summary>Something for a replica to do on its worker.</summary>
internal abstract class ReplicaTask(Replica replica) : WorkerTask
{
    public Replica Replica { get; } = replica;

    public sealed override void Run(ReplicaWorker worker)
    {
        Run();
        worker.Touch(Replica);
    }

    protected abstract void Run();
}
