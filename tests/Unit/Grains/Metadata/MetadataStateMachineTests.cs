using Bayou.Grains.Metadata;
using Bayou.Grains.Metadata.Log;
using Bayou.Grains.Replication.Peers;
using Bayou.Records;
using Google.Protobuf;
using Xunit;

namespace Bayou.Unit.Grains.Metadata;

public sealed class MetadataStateMachineTests
{
    [Fact]
    public void Founders_AreNumberedInTheirOrderAndVote()
    {
        var machine = Founded(3);
        Assert.Equal([1, 2, 3], machine.Silos.Active.Select(silo => silo.Value));
        Assert.Equal(Ids(1, 2, 3), machine.Voters);
        Assert.Empty(machine.Learners);
    }

    [Fact]
    public void SixthSilo_LearnsWithoutAVote()
    {
        var machine = Founded(5);
        Register(machine, "silo6", 6);
        Assert.Equal(Ids(1, 2, 3, 4, 5), machine.Voters);
        Assert.Equal(Ids(6), machine.Learners);
    }

    [Fact]
    public void SiloAskedForTwice_KeepsItsNumber()
    {
        var machine = Founded(3);
        Assert.Equal(Register(machine, "silo4", 4), Register(machine, "silo4", 4));
        Assert.Equal(4, machine.Silos.Active.Count());
    }

    [Fact]
    public void ReplicasAndLeaders_AreSpreadEvenly()
    {
        var machine = Founded(5);
        for (int i = 0; i < 100; i++) Create(machine, $"channel{i}");
        ILookup<ulong, ulong> replicas = machine.Channels.Values.SelectMany(channel => channel.Replicas).ToLookup(replica => replica);
        Assert.All(replicas, silo => Assert.Equal(60, silo.Count()));
        Assert.All(machine.Channels.Values.CountBy(channel => channel.Replicas[0]), silo => Assert.InRange(silo.Value, 18, 22));
        Assert.All(machine.Channels.Values, channel => Assert.Equal(3, channel.Replicas.Distinct().Count()));
    }

    [Fact]
    public void DelayedRequestOfADirectoryThatIsLost_DoesNotReplaceTheOneThatCameAfterIt()
    {
        var machine = Founded(3);
        var bearer = machine.Silos.BearerOf("silo2");
        Assert.Equal(4UL, Register(machine, "silo2", 23, bearer));
        Assert.Equal(0UL, Register(machine, "silo2", 22, bearer));
        Assert.Equal(Ids(1, 3, 4), machine.Voters.Order());
    }

    [Fact]
    public void SiloThatComesUnderTheNameOfALostOne_TakesItsPlaceUnderANewNumber()
    {
        var machine = Founded(3);
        Create(machine, "orders");
        Assert.Equal(4UL, Register(machine, "silo2", 22));
        ChannelPlacement placement = machine.Channels["orders"];
        Assert.Equal(Ids(1, 3, 4), placement.Replicas.Order());
        Assert.Equal(Ids(1, 2, 3), placement.Founders.Order());
        Assert.Equal(Ids(1, 3, 4), machine.Voters.Order());
        Assert.Equal([1, 3, 4], machine.Silos.Active.Select(silo => silo.Value));
        Assert.Equal(["silo1", "silo2", "silo3"], machine.Silos.Founders.Select(founder => founder.Name));
        Assert.Equal(2, machine.Silos.Founders.ElementAt(1).Silo.ToByteArray()[0]);
    }

    [Fact]
    public void ChannelWithTooFewReplicas_GetsThemAsSilosCome()
    {
        var machine = Founded(1);
        Create(machine, "orders");
        Assert.Equal(Ids(1), machine.Channels["orders"].Replicas);
        Register(machine, "silo2", 2);
        Register(machine, "silo3", 3);
        Register(machine, "silo4", 4);
        Assert.Equal(Ids(1, 2, 3), machine.Channels["orders"].Replicas);
        Assert.Equal(Ids(1), machine.Channels["orders"].Founders);
    }

    [Fact]
    public void RenewedReplica_HasAnotherIdOnTheSameSilo()
    {
        var machine = Founded(3);
        GroupId group = Create(machine, "orders");
        ulong old = machine.Channels["orders"].Replicas[1];
        Renew(machine, group, old);
        Renew(machine, group, old);
        ulong renewed = machine.Channels["orders"].Replicas[1];
        Assert.Equal(new ReplicaId(old).Next().Value, renewed);
        Assert.Equal(new ReplicaId(old).Silo, new ReplicaId(renewed).Silo);
        Assert.Equal(renewed, machine.Find(group)!.Replicas[1]);
    }

    [Fact]
    public void EveryPlacementChange_RaisesTheVersionAndRowsDoNot()
    {
        var machine = Founded(3);
        ulong version = machine.PlacementVersion;
        machine.Apply(new MetadataCommand { PutRow = new PutRow { Key = "k", Value = ByteString.CopyFrom(1) } });
        Assert.Equal(version, machine.PlacementVersion);
        Create(machine, "orders");
        Assert.True(machine.PlacementVersion > version);
    }

    [Fact]
    public void StateRestored_GoesOnAsTheOneThatWasSaved()
    {
        var machine = Founded(4);
        GroupId group = Create(machine, "orders");
        Register(machine, "silo2", 22);
        Renew(machine, group, machine.Channels["orders"].Replicas[0]);
        machine.Apply(new MetadataCommand { PutRow = new PutRow { Key = "k", Value = ByteString.CopyFrom(1) } });
        var restored = new MetadataStateMachine();
        restored.Restore(machine.Save());
        Assert.Equal(machine.Save(), restored.Save());
        Create(machine, "more");
        Create(restored, "more");
        Register(machine, "silo5", 5);
        Register(restored, "silo5", 5);
        Assert.Equal(machine.Save(), restored.Save());
    }

    [Theory]
    [InlineData("Orders", 0, "orders")]
    [InlineData("more", 1, "too many channels")]
    public void ChannelThatMayNotBe_IsRefused(string name, int maxChannels, string reason)
    {
        var machine = Founded(3);
        Create(machine, "orders");
        MetadataResult result = machine.Apply(new MetadataCommand
        {
            CreateChannel = new CreateChannel { Name = name, MaxChannels = maxChannels, Replicas = 3 },
        });
        Assert.Contains(reason, result.Error, StringComparison.OrdinalIgnoreCase);
        Assert.Single(machine.Channels);
    }

    [Fact]
    public void ChannelThatWasDeleted_LeavesItsNameFreeAndItsGroupUsed()
    {
        var machine = Founded(3);
        GroupId former = Create(machine, "orders");
        Delete(machine, former);
        Delete(machine, former);
        Assert.Empty(machine.Channels);
        Assert.True(machine.IsDeleted(former));
        GroupId next = Create(machine, "ORDERS");
        Assert.NotEqual(former, next);

        // A word that was late: the name belongs to another channel now.
        Delete(machine, former);
        Assert.Equal(next, machine.Channels["ORDERS"].Group);
        Assert.False(machine.IsDeleted(next));
        Assert.False(machine.IsDeleted(new GroupId(next.Value + 1)));
        Assert.False(machine.IsDeleted(GroupId.Metadata));
        Assert.True(machine.Copy().IsDeleted(former));
    }

    [Fact]
    public void ResultSentToAnotherSilo_ArrivesWhole()
    {
        var machine = Founded(3);
        MetadataResult result = machine.Apply(new MetadataCommand
        {
            PutRow = new PutRow { Key = "k", ExpectedVersion = 7, Value = ByteString.CopyFrom(1) },
        });
        Assert.True(result.IsConflict);
        Assert.Equal(result, MetadataResult.Decode(result.Encode()));
    }

    private static MetadataStateMachine Founded(int count) =>
        MetadataStateMachine.Found(Enumerable.Range(1, count).Select(i => Identity($"silo{i}", i)), "test");

    private static PeerIdentity Identity(string name, int directory) => new(name, new Guid(directory, 0, 0, new byte[8]));

    private static ulong[] Ids(params ulong[] silos) => [.. silos.Select(silo => new ReplicaId(new SiloNumber(silo)).Value)];

    private static ulong Register(MetadataStateMachine machine, string name, int directory) =>
        Register(machine, name, directory, machine.Silos.BearerOf(name));

    private static ulong Register(MetadataStateMachine machine, string name, int directory, SiloNumber replaced) => machine.Apply(new MetadataCommand
    {
        RegisterSilo = new RegisterSilo { Name = name, Silo = ByteString.CopyFrom(Identity(name, directory).Silo.ToByteArray()), Replaced = replaced.Value },
    }).Silo.Value;

    private static GroupId Create(MetadataStateMachine machine, string name) =>
        machine.Apply(new MetadataCommand { CreateChannel = new CreateChannel { Name = name, Replicas = 3 } }).Group;

    private static void Delete(MetadataStateMachine machine, GroupId group) =>
        machine.Apply(new MetadataCommand { DeleteChannel = new DeleteChannel { Group = group.Value } });

    private static void Renew(MetadataStateMachine machine, GroupId group, ulong replica) =>
        machine.Apply(new MetadataCommand { RenewReplica = new RenewReplica { Group = group.Value, Replica = replica } });
}
