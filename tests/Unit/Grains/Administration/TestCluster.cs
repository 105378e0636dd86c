using System.Runtime.InteropServices;
using Bayou.Grains.Administration;
using Bayou.Grains.Interfaces.Administration;
using Bayou.Grains.Interfaces.Messages;
using Bayou.Grains.Metadata;
using Bayou.Grains.Replication.Peers;
using Bayou.Unit.Grains.Metadata;

namespace Bayou.Unit.Grains.Administration;

/// <summary>A cluster as its silos would describe it. Silo 1 leads the metadata, silo 2 every channel.</summary>
internal sealed class TestCluster
{
    private readonly Dictionary<SiloNumber, SiloState> _states = [];
    private readonly HashSet<SiloNumber> _mute = [];
    private readonly Dictionary<(ulong Group, ulong Silo), ReplicaFigures> _replicas = [];

    public TestCluster(int silos)
    {
        Metadata = SiloChangeTests.Founded(silos);
        foreach (var silo in Metadata.Silos.Present) _states[silo] = SiloState.Alive;
        Put(0, Metadata.Voters, leader: 1);
    }

    public MetadataStateMachine Metadata { get; }

    public ClusterKnowledge Known => new(
        new SiloNumber(1),
        Metadata,
        silo => _states[silo],
        _states.Where(pair => pair.Value == SiloState.Alive && !_mute.Contains(pair.Key)).ToDictionary(
            pair => pair.Key,
            pair => (IReadOnlyList<ReplicaFigures>)[.. _replicas.Where(replica => replica.Key.Silo == pair.Key.Value).Select(replica => replica.Value)]));

    public TestCluster With(string channel)
    {
        var group = SiloChangeTests.Create(Metadata, channel);
        Put(group.Value, Metadata.Find(group)!.Replicas, leader: 2);
        return this;
    }

    public TestCluster Kill(ulong silo)
    {
        _states[new SiloNumber(silo)] = SiloState.Dead;
        return this;
    }

    public TestCluster Mute(ulong silo)
    {
        _mute.Add(new SiloNumber(silo));
        return this;
    }

    public ref ReplicaFigures Replica(string channel, ulong silo) =>
        ref CollectionsMarshal.GetValueRefOrAddDefault(_replicas, (Metadata.Channels[channel].Group.Value, silo), out _)!;

    public ref ReplicaFigures Leader(string channel) => ref Replica(channel, 2);

    private void Put(ulong group, IReadOnlyList<ulong> replicas, ulong leader)
    {
        foreach (ulong replica in replicas)
        {
            ulong silo = new ReplicaId(replica).Silo.Value;
            _replicas[(group, silo)] = new ReplicaFigures
            {
                Group = group,
                Replica = replica,
                Role = silo == leader ? ReplicaRole.Leader : ReplicaRole.Follower,
                Term = 3,
                CommitIndex = 10,
                AppliedIndex = 10,
                Voters = replicas,
                Members = silo == leader ? [.. replicas.Select(member => new MemberPosition(member, 10))] : [],
            };
        }
    }
}
