using Bayou.Grains.Interfaces;
using Bayou.Grains.Replication;
using Bayou.Raft;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;
using Orleans.Serialization;
using Xunit;

namespace Bayou.Unit.Grains;

public sealed class ExceptionSerializationTests
{
    [Fact]
    public void MovedLeader_WithItsReason_ReachesAnotherProcess()
    {
        var reason = new ReplicaUnavailableException("Another silo leads the channel.") { Reason = ReplicaUnavailability.NotLeader, Leader = "b" };

        var received = Assert.IsType<LeaderMovedException>(SendAndReceive(new LeaderMovedException("It is served elsewhere.", reason)));
        Assert.Equal("It is served elsewhere.", received.Message);
        Assert.True(LeaderCalls.IsPassing(received));
        var inner = Assert.IsType<ReplicaUnavailableException>(received.InnerException);
        Assert.Equal((reason.Message, ReplicaUnavailability.NotLeader, "b"), (inner.Message, inner.Reason, inner.Leader));
    }

    /// <summary>As one that nobody thought of may be.</summary>
    [Fact]
    public void ExceptionWithoutASerializerOfItsOwn_ReachesAnotherProcess() =>
        Assert.Equal("a broken rule", SendAndReceive(new LeaderMovedException("Gone.", new RaftInvariantException("a broken rule"))).InnerException!.Message);

    /// <summary>Callers look for no other kinds.</summary>
    [Fact]
    public void FailureOfAGrain_IsOneOfOrleansToItsCaller() =>
        Assert.IsType<OrleansException>(SendAndReceive(new ReplicaUnavailableException("Nobody leads the metadata.")), exactMatch: false);

    private static Exception SendAndReceive(Exception exception)
    {
        using var services = new ServiceCollection().AddSerializer().AddExceptionSerialization().BuildServiceProvider();
        var serializer = services.GetRequiredService<Serializer>();
        return serializer.Deserialize<Exception>(serializer.SerializeToArray(exception))!;
    }
}
