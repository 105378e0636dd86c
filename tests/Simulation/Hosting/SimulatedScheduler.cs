using Bayou.Grains.Replication;
using Bayou.Simulation.Run;
using Bayou.Storage;

namespace Bayou.Simulation.Hosting;

/// <summary>Has workers, journal and long jobs run as events of a simulation.</summary>
internal sealed class SimulatedScheduler(SiloEnvironment environment) : IReplicaScheduler
{
    public void Schedule(IThreadPoolWorkItem worker) => environment.Schedule(worker.Execute);

    public void StartJournal(SiloStore store) => environment.DriveJournal(store);

    public void RunLong(Func<Task> job) => environment.RunLong(job);
}
