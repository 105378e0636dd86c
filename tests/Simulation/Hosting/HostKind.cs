using Bayou.Grains.Metadata;
using Bayou.Grains.Replication;
using Bayou.Grains.Replication.Peers;
using Bayou.Records;
using Bayou.Simulation.Run;
using Bayou.Simulation.StandIn;
using Bayou.Simulation.Swarm;
using Bayou.Storage;

namespace Bayou.Simulation.Hosting;

/// <summary>Clusters of the real thing: replica hosts with their stores, as the server runs them.</summary>
public sealed class HostKind : IProgramKind
{
    public string Name => "host";

    /// <summary>All faults but those that nobody can order: the host moves leaders and members by itself.</summary>
    public IReadOnlyCollection<FaultKind> Survives { get; } = [.. Enum.GetValues<FaultKind>().Except([FaultKind.Transfer, FaultKind.MembershipChange])];

    public IReadOnlyCollection<Happening> Does { get; } =
    [
        .. Enum.GetValues<Happening>(),
    ];

    public bool MendsSegments => true;

    public bool Trims => true;

    public bool Serves => true;

    public ISiloProgram Create(SiloEnvironment environment)
    {
        ArgumentNullException.ThrowIfNull(environment);
        return new HostSilo(environment, StorageOf(environment.Plan));
    }

    public ulong EpochKnownOf(Guid silo, SiloStore store)
    {
        ArgumentNullException.ThrowIfNull(store);
        if (store.Groups.FirstOrDefault(static group => group.Group == GroupId.Metadata) is not { State.IsEmpty: false } recovered)
        {
            return 0;
        }

        var metadata = new MetadataStateMachine();
        metadata.Restore(new ReplicaPosition().Restore(recovered.State, recovered.AppliedIndex, recovered.AppliedTerm, out _).Span);
        var number = metadata.Silos.Find(silo);
        return number == SiloNumber.None ? 0 : MetadataReplica.StartsIn(recovered)
            .Where(noted => noted.Silo == number)
            .Select(static noted => noted.Start)
            .Append(metadata.Silos.All[number].Start)
            .Max(static start => start.Epoch);
    }

    public StorageOptions StorageOf(SwarmPlan plan) => new StandInKind().StorageOf(plan);
}
