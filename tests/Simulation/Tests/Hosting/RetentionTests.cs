using Xunit;

namespace Bayou.Simulation.Tests.Hosting;

/// <summary>What time takes from a channel, on virtual time.</summary>
public sealed class RetentionTests
{
    private static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void MessagesOfAChannelThatSleeps_GoWhenTheyAreTooOld(int seed)
    {
        using var cluster = new QuietCluster(seed, static workload => workload with { MaxAge = MaxAge });
        cluster.Publish("one");
        cluster.Publish("two");
        cluster.Run(MaxAge / 2);
        Assert.All(cluster.Machines, machine => Assert.Equal([1UL, 2UL], cluster.Read(machine)!.Select(static message => message.Sequence)));
        cluster.Run((MaxAge / 2) + TimeSpan.FromSeconds(2));
        Assert.All(cluster.Machines, machine => Assert.Empty(cluster.Read(machine)!));
        Assert.Equal(3UL, cluster.Publish("three"));
    }
}
