using Bayou.Grains.Metadata;
using Bayou.Grains.Metadata.Log;
using Bayou.Grains.Replication.Peers;
using Bayou.Records;
using Google.Protobuf;
using Xunit;

namespace Bayou.Unit.Grains.Metadata;

/// <summary>Silos that leave, come back, and are drained.</summary>
public sealed class SiloChangeTests
{
    [Fact]
    public void RemovedSilo_HandsItsReplicasAndItsVoteToOthers_AndKeepsThemUntilTheyAreLetGo()
    {
        var machine = Founded(4);
        var group = Create(machine, "orders");
        Remove(machine, 1);

        var placement = machine.Find(group)!;
        Assert.Equal(Ids(2, 3, 4), placement.Replicas.Order());
        Assert.Equal(Ids(1), placement.Leaving);
        Assert.Equal(new ReplicaId(new SiloNumber(1)), placement.On(new SiloNumber(1)));
        Assert.Equal(Ids(2, 3, 4), machine.Voters);
        Assert.Equal(Ids(1), machine.Learners);
        Assert.Empty(machine.Vacated);
    }

    [Fact]
    public void RemovedSilo_IsTakenOutWhenEveryGroupHasLetGoOfIt()
    {
        var machine = Founded(4);
        var group = Create(machine, "orders");
        Remove(machine, 1);
        Forget(machine, 1);
        Assert.Contains(new SiloNumber(1), machine.Silos.Present);

        Settle(machine, group, Ids(1));
        Assert.Equal([new SiloNumber(1)], machine.Vacated);
        Forget(machine, 1);
        Assert.Equal([2, 3, 4], machine.Silos.Present.Select(silo => silo.Value));
        Assert.Empty(machine.Learners);
    }

    [Fact]
    public void RemovedTwice_NothingMoreHappens()
    {
        var machine = Founded(4);
        var group = Create(machine, "orders");
        Remove(machine, 1);
        var placement = machine.Find(group);
        Assert.Null(Remove(machine, 1).Error);
        Assert.Same(placement, machine.Find(group));
    }

    [Fact]
    public void WithNobodyToTakeAReplica_TheChannelHasOneLess()
    {
        var machine = Founded(3);
        var group = Create(machine, "orders");
        Remove(machine, 2);
        Assert.Equal(Ids(1, 3), machine.Find(group)!.Replicas.Order());
    }

    [Theory]
    [InlineData(1, "last")]
    [InlineData(9, "no silo")]
    public void SiloThatCannotBeRemoved_IsRefused(ulong silo, string reason) =>
        Assert.Contains(reason, Remove(Founded(1), silo).Error, StringComparison.Ordinal);

    [Fact]
    public void SecondSilo_WaitsUntilTheFirstOneIsGone()
    {
        var machine = Founded(5);
        Create(machine, "orders");
        Remove(machine, 1);
        Assert.Contains("one at a time", Remove(machine, 2).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void ReplicaThatCameBack_HasAnIdThatWasNeverUsed()
    {
        var machine = Founded(4);
        var group = Create(machine, "orders");
        Remove(machine, 1);
        Settle(machine, group, Ids(1));
        Admit(machine, 1);
        Remove(machine, 2);
        Assert.Contains(new ReplicaId(new SiloNumber(1), incarnation: 1).Value, machine.Find(group)!.Replicas);
    }

    [Fact]
    public void ReplicaThatWasStillThere_StaysUnderItsId()
    {
        var machine = Founded(4);
        var group = Create(machine, "orders");
        Remove(machine, 1);
        Admit(machine, 1);
        Remove(machine, 2);
        var placement = machine.Find(group)!;
        Assert.Contains(Ids(1)[0], placement.Replicas);
        Assert.DoesNotContain(Ids(1)[0], placement.Leaving);
    }

    [Fact]
    public void NewSilo_GetsItsShareWhenItIsAdmitted()
    {
        var machine = Founded(3);
        for (int i = 0; i < 40; i++) Create(machine, $"channel{i}");
        Register(machine, "silo4", 4);
        Assert.Equal(0, ReplicasOn(machine, 4));

        Admit(machine, 4);
        Assert.All(new ulong[] { 1, 2, 3, 4 }, silo => Assert.Equal(30, ReplicasOn(machine, silo)));
        Assert.All(machine.Channels.Values, placement => Assert.Equal(3, placement.Replicas.Select(id => new ReplicaId(id).Silo).Distinct().Count()));

        var before = machine.Channels.Values.ToList();
        Admit(machine, 4);
        Assert.Equal(before, machine.Channels.Values);
    }

    [Fact]
    public void DrainedSilo_IsSoUntilItIsAdmitted()
    {
        var machine = Founded(3);
        machine.Apply(new MetadataCommand { DrainSilo = new DrainSilo { Silo = 2 } });
        Assert.True(machine.Silos.All[new SiloNumber(2)].IsDrained);
        Admit(machine, 2);
        Assert.False(machine.Silos.All[new SiloNumber(2)].IsDrained);
    }

    [Fact]
    public void SiloThatIsGone_IsNotAdmitted()
    {
        var machine = Founded(2);
        Remove(machine, 2);
        Forget(machine, 2);
        Assert.Contains("empty data directory", Admit(machine, 2).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void State_ComesBackAsItWasSaved()
    {
        var machine = Founded(4);
        var group = Create(machine, "orders");
        Remove(machine, 1);
        Settle(machine, group, Ids(1));
        machine.Apply(new MetadataCommand { DrainSilo = new DrainSilo { Silo = 3 } });
        var restored = new MetadataStateMachine();
        restored.Restore(machine.Save());
        Assert.Equal(machine.Save(), restored.Save());
        Assert.Equal(machine.Vacated, restored.Vacated);
        Assert.Equal(Ids(1), restored.Find(group)!.Former);
    }

    [Fact]
    public void Preview_ChangesNothing()
    {
        var machine = Founded(4);
        Create(machine, "orders");
        byte[] before = machine.Save();
        var after = machine.Preview(new MetadataCommand { RemoveSilo = new RemoveSilo { Silo = 1 } }, out var result);
        Assert.Null(result.Error);
        Assert.Equal(before, machine.Save());
        Assert.NotEqual(before, after.Save());
    }

    internal static MetadataStateMachine Founded(int count) =>
        MetadataStateMachine.Found(Enumerable.Range(1, count).Select(i => Identity($"silo{i}", i)), "test");

    internal static GroupId Create(MetadataStateMachine machine, string name) =>
        machine.Apply(new MetadataCommand { CreateChannel = new CreateChannel { Name = name, Replicas = 3 } }).Group;

    internal static ulong[] Ids(params ulong[] silos) => [.. silos.Select(silo => new ReplicaId(new SiloNumber(silo)).Value)];

    private static PeerIdentity Identity(string name, int directory) => new(name, new Guid(directory, 0, 0, new byte[8]));

    private static void Register(MetadataStateMachine machine, string name, int directory) => machine.Apply(new MetadataCommand
    {
        RegisterSilo = new RegisterSilo { Name = name, Silo = ByteString.CopyFrom(Identity(name, directory).Silo.ToByteArray()) },
    });

    private static MetadataResult Remove(MetadataStateMachine machine, ulong silo) =>
        machine.Apply(new MetadataCommand { RemoveSilo = new RemoveSilo { Silo = silo } });

    private static MetadataResult Admit(MetadataStateMachine machine, ulong silo) =>
        machine.Apply(new MetadataCommand { AdmitSilo = new AdmitSilo { Silo = silo } });

    private static void Forget(MetadataStateMachine machine, ulong silo) => machine.Apply(new MetadataCommand { ForgetSilo = new ForgetSilo { Silo = silo } });

    private static void Settle(MetadataStateMachine machine, GroupId group, ulong[] replicas) =>
        machine.Apply(new MetadataCommand { SettleGroup = new SettleGroup { Group = group.Value, Replicas = { replicas } } });

    private static int ReplicasOn(MetadataStateMachine machine, ulong silo) => machine.Channels.Values.Count(placement => placement.IsKeptOn(new SiloNumber(silo)));
}
