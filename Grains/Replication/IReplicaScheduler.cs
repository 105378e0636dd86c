using Bayou.Storage;

namespace Bayou.Grains.Replication;

/// <summary>Where the work of replicas runs: pool threads in the server, one event queue in a simulation.</summary>
public interface IReplicaScheduler
{
    /// <summary>Lets a worker run soon. It is queued at most once at a time and never runs twice at once.</summary>
    void Schedule(IThreadPoolWorkItem worker);

    /// <summary>Has the journal written from now on.</summary>
    void StartJournal(SiloStore store);

    /// <summary>Runs a job that may wait for the disk, away from the workers. It handles its own failures.</summary>
    void RunLong(Func<Task> job);
}
