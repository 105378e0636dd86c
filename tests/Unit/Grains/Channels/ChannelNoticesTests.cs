using Bayou.Grains.Channels;
using Xunit;

namespace Bayou.Unit.Grains.Channels;

public sealed class ChannelNoticesTests
{
    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(1023, "1023 B")]
    [InlineData(1024, "1.00 KB")]
    [InlineData(1_024_000_000, "976.56 MB")]
    [InlineData(ulong.MaxValue, "16.00 EB")]
    public void Size_IsWrittenInTheLargestUnitThatItFills(ulong bytes, string text) => Assert.Equal(text, ChannelNotices.Friendly(bytes));
}
