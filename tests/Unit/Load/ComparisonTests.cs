using Bayou.Load;
using Bayou.Load.Verbs;
using Xunit;

namespace Bayou.Unit.Load;

public sealed class ComparisonTests
{
    [Fact]
    public void OneCommand_RunsOnBothSides()
    {
        var comparison = Comparison.Parse("pubsub --size 64");

        Assert.Equal("pubsub --size 64", comparison.A.CommandLine);
        Assert.Equal("pubsub --size 64", comparison.B.CommandLine);
        Assert.Equal(64, comparison.B.Scenario.Workload.SizeBytes);
    }

    [Fact]
    public void TwoCommands_RunOnOneSideEach()
    {
        var comparison = Comparison.Parse("stan-pub --sync vs js-pub --sync --messages 500");

        Assert.Equal(20_000, comparison.A.Scenario.Workload.Messages);
        Assert.Equal(500, comparison.B.Scenario.Workload.Messages);
    }

    [Theory]
    [InlineData("")]
    [InlineData("no-such-scenario")]
    [InlineData("pubsub --no-such-option")]
    [InlineData("pubsub --size 4")]
    [InlineData("pub vs pub vs pub")]
    public void WrongCommand_Throws(string text) => Assert.Throws<LoadException>(() => Comparison.Parse(text));
}
