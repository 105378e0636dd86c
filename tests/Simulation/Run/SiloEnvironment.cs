using Bayou.Simulation.Disk;
using Bayou.Simulation.Engine;
using Bayou.Simulation.Network;
using Bayou.Simulation.Swarm;
using Bayou.Storage;

namespace Bayou.Simulation.Run;

/// <summary>Everything outside of itself that a program may touch, for one of its lives.</summary>
public sealed class SiloEnvironment
{
    private readonly VirtualNetwork _network;
    private readonly SiloWork _work;
    private readonly Action<Exception> _fail;

    internal SiloEnvironment(
        string name, SwarmPlan plan, VirtualProcess process, DiskMount disk, VirtualClock clock, VirtualNetwork network, SiloWork work, RunOracle oracle, VirtualInboxes inboxes, Random random,
        Action<Exception> fail)
    {
        Name = name;
        Plan = plan;
        Process = process;
        Disk = disk;
        Time = new VirtualTime(clock, process);
        Oracle = oracle;
        Inboxes = inboxes;
        Random = random;
        _network = network;
        _work = work;
        _fail = fail;
    }

    /// <summary>The machine's name, under which its peers know it.</summary>
    public string Name { get; }

    /// <summary>What is drawn for the whole run: the names of all silos among it.</summary>
    public SwarmPlan Plan { get; }

    public VirtualProcess Process { get; }

    public IDisk Disk { get; }

    public TimeProvider Time { get; }

    /// <summary>Chance of this life.</summary>
    public Random Random { get; }

    /// <summary>To be told what happens.</summary>
    public RunOracle Oracle { get; }

    /// <summary>The way to subscribers.</summary>
    public VirtualInboxes Inboxes { get; }

    /// <summary>Sends a frame to a peer.</summary>
    public void Send(string peer, Lane lane, ReadOnlyMemory<byte> frame)
    {
        if (Process.IsAlive)
        {
            _network.Send(Name, peer, lane, frame.Span);
        }
    }

    /// <summary>Has a store's journal written from now on, as its own thread would: whenever something waits, and taking the time of the disk.</summary>
    public void DriveJournal(SiloStore store) => _work.DriveJournal(store);

    /// <summary>Runs a job that may block.</summary>
    public void RunLong(Func<Task> job) => _work.RunLong(job);

    /// <summary>Runs something soon.</summary>
    public void Schedule(Action work) => Process.Schedule(TimeSpan.Zero, work);

    /// <summary>The program cannot go on; its process ends.</summary>
    public void Fail(Exception exception)
    {
        // What unwinds in a process that has ended says nothing about it.
        if (Process.IsAlive)
        {
            _fail(exception);
        }
    }
}
