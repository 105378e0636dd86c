using Bayou.Grains.Interfaces;
using Bayou.Grains.Replication;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using Xunit;

namespace Bayou.Unit.Grains.Replication;

public sealed class RemoteExceptionTests
{
    /// <summary>What cannot be sent reaches the caller as a failure of another kind, which is not tried again.</summary>
    [Fact]
    public void LeaderThatMoved_IsRecognisedOnAnotherSiloWithItsReason()
    {
        using var services = new ServiceCollection().AddSerializer().BuildServiceProvider();
        var reason = new ReplicaUnavailableException("Another silo leads the channel.") { Reason = ReplicaUnavailability.NotLeader, Leader = "b" };
        var serializer = services.GetRequiredService<Serializer>();
        var sent = serializer.SerializeToArray<Exception>(new LeaderMovedException("Channel c is led elsewhere.", reason));
        var received = Assert.IsType<LeaderMovedException>(serializer.Deserialize<Exception>(sent));
        Assert.True(LeaderCalls.IsPassing(received));
        var inner = Assert.IsType<ReplicaUnavailableException>(received.InnerException);
        Assert.Equal((reason.Message, ReplicaUnavailability.NotLeader, "b"), (inner.Message, inner.Reason, inner.Leader));
    }
}
