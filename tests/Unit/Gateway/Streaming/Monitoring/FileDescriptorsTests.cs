using Bayou.Gateway.Streaming.Monitoring;
using Xunit;

namespace Bayou.Unit.Gateway.Streaming.Monitoring;

public sealed class FileDescriptorsTests
{
    [Theory]
    [InlineData("Max open files            20000                524288               files     ", 20_000)]
    [InlineData("Max open files            unlimited            unlimited            files     ", 0)]
    [InlineData("Max file size             5                    5                    bytes     ", 0)]
    public void SoftLimit_IsTheFirstNumberOfItsLine(string line, long limit) =>
        Assert.Equal(limit, FileDescriptors.ParseSoftLimit(["Limit                     Soft Limit           Hard Limit           Units     ", line]));
}
