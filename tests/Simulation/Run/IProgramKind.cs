using Bayou.Simulation.Swarm;
using Bayou.Storage;

namespace Bayou.Simulation.Run;

/// <summary>A kind of program that can be run: makes one for each process, and says what it stands.</summary>
public interface IProgramKind
{
    /// <summary>For the command line.</summary>
    string Name { get; }

    /// <summary>Faults that it is made to survive. A run has no others.</summary>
    IReadOnlyCollection<FaultKind> Survives { get; }

    /// <summary>What it does, apart from living through faults, that a batch of runs must have seen.</summary>
    IReadOnlyCollection<Happening> Does { get; }

    /// <summary>Whether it goes on with damaged segments and mends them; otherwise damage to one may stop a whole silo.</summary>
    bool MendsSegments { get; }

    /// <summary>Whether it keeps to <see cref="WorkloadPlan.MaxMessages"/>; otherwise it keeps everything.</summary>
    bool Trims { get; }

    /// <summary>Whether its programs have an <see cref="IChannelService"/>; otherwise a run has no subscribers and no operator.</summary>
    bool Serves { get; }

    ISiloProgram Create(SiloEnvironment environment);

    /// <summary>The epoch of the newest start of a silo that the store of another one tells of; 0 if it tells of none.</summary>
    ulong EpochKnownOf(Guid silo, SiloStore store);

    /// <summary>Sizes of the store, by the plan of a run.</summary>
    StorageOptions StorageOf(SwarmPlan plan);
}
