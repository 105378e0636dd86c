using Bayou.Storage;

namespace Bayou.Grains.Replication;

/// <summary>Runs workers and long jobs on the threads of the pool.</summary>
internal sealed class PoolScheduler : IReplicaScheduler
{
    public static readonly PoolScheduler Instance = new();

    public void Schedule(IThreadPoolWorkItem worker) => ThreadPool.UnsafeQueueUserWorkItem(worker, preferLocal: false);

    public void StartJournal(SiloStore store) => store.Start();

    public void RunLong(Func<Task> job) => _ = Task.Run(job);
}
