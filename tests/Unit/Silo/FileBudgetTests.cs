using Bayou.Gateway;
using Bayou.Silo;
using Xunit;

namespace Bayou.Unit.Silo;

public sealed class FileBudgetTests
{
    [Theory]
    [InlineData(0, 512, int.MaxValue)]
    [InlineData(1_048_576, 512, 1_047_680)]
    [InlineData(1024, 128, 512)]
    [InlineData(600, 75, 141)]
    [InlineData(100, 12, 16)]
    public void Files_AreDivided(long limit, int segments, int connections) => Assert.Equal(new FileBudget(segments, connections), FileBudget.Of(limit));

    [Fact]
    public void OperatorIsTold_WhoAskedForMoreConnectionsThanTheProcessMayHave()
    {
        var budget = FileBudget.Of(1024);
        Assert.Equal(512, budget.Apply(new GatewayOptions { MaxConnections = 513 }, out var warning).MaxSockets);
        Assert.StartsWith("max_connections is 513, ", warning, StringComparison.Ordinal);
        budget.Apply(new GatewayOptions { MaxConnections = 512 }, out warning);
        Assert.Null(warning);
    }

    [Fact]
    public void OperatorIsNotTold_WhoAskedForNothing()
    {
        Assert.Equal(512, FileBudget.Of(1024).Apply(new GatewayOptions(), out var warning).MaxSockets);
        Assert.Null(warning);
    }
}
