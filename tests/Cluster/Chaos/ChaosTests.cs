using Bayou.TestKit;
using Xunit;

namespace Bayou.ClusterTests.Chaos;

/// <summary>A short run of two faults. The verb <c>chaos</c> of this program has the others, and more time.</summary>
public sealed class ChaosTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan OneCut = TimeSpan.FromSeconds(1);

    [Theory]
    [InlineData("sigkill")]
    [InlineData("powercut")]
    public async Task Cluster_keeps_what_it_acknowledged(string name)
    {
        Fault fault = Faults.Find(name)!;
        if (ChaosCluster.ReasonWhyNot(fault.NeedsDisks) is { } reason) Assert.Skip($"{reason}; what happens to a cluster at a {name} is not tested here.");
        ChaosResult result = await new ChaosRun(new BayouTarget(), fault, Duration, seed: 1).ExecuteAsync(TestContext.Current.CancellationToken);
        output.WriteLine($"{result.Injections} injections, writable {result.Recovery.TotalSeconds:F1} s after the last: {result.Report}");

        Assert.True(result.Report.IsGood, result.Report.ToString());
        Assert.Empty(result.Deaths);
        Assert.True(result.Report.AcknowledgedCount > 0, "Nothing was acknowledged, so nothing could be lost.");
    }

    /// <summary>A harness that finds nothing where something is known to be wrong would prove nothing about Bayou.</summary>
    [Fact]
    public async Task Harness_finds_what_nats_server_loses_when_the_power_goes()
    {
        Fault fault = Faults.Find("powercut")!;
        if (!Programs.Have("nats-server")) Assert.Skip("nats-server is not installed; whether the harness finds losses is not tested here.");
        if (ChaosCluster.ReasonWhyNot(fault.NeedsDisks) is { } reason) Assert.Skip($"{reason}; whether the harness finds losses is not tested here.");
        ChaosResult result = await new ChaosRun(new JetStreamTarget(), fault, OneCut, seed: 1).ExecuteAsync(TestContext.Current.CancellationToken);
        output.WriteLine($"{result.Injections} power cuts: {result.Report}");
        Assert.True(result.HasLost, result.Report.ToString());
    }
}
