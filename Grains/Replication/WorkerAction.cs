
namespace Bayou.Grains.Replication;

/// <summary>Has a worker do one thing that concerns no replica in particular.</summary>
internal sealed class WorkerAction(Action<ReplicaWorker> action) : WorkerTask
{
    public override void Run(ReplicaWorker worker) => action(worker);
}
