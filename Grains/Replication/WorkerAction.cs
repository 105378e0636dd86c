
namespace Bayou.Grains.Replication;

/// <summary>Has a worker do one thing that concerns no replica in particular.</summary>
internal sealed class WorkerAction(Action<ReplicaWorker> action, bool mayBlock = false) : WorkerTask
{
    public override bool MayBlock => mayBlock;

    public override void Run(ReplicaWorker worker) => action(worker);
}
