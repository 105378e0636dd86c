using Bayou.Gateway.Streaming.Partitioning;
using Xunit;

namespace Bayou.Unit.Gateway.Streaming.Partitioning;

public sealed class ChannelListTests
{
    [Fact]
    public void Names_StandBehindTheirLengths() =>
        Assert.Equal([3, 0, .. "foo"u8, 5, 0, .. "bar.>"u8], Assert.Single(ChannelList.Encode(["foo", "bar.>"], maxBytes: 100)));

    [Theory]
    [InlineData(12, 1)]
    [InlineData(11, 2)]
    [InlineData(7, 2)]
    public void ListThatIsTooLong_IsSentInPieces(int maxBytes, int pieces)
    {
        var lists = ChannelList.Encode(["foo", "bar.>"], maxBytes).ToList();
        Assert.Equal(pieces, lists.Count);
        Assert.Equal(["foo", "bar.>"], lists.SelectMany(static list => ChannelList.TryDecode(list, out var channels) ? channels : throw new InvalidDataException()));
    }

    [Fact]
    public void NameThatFitsIntoNoMessage_IsRefused() => Assert.Throws<ArgumentException>(() => ChannelList.Encode(["foo", "bar.>"], maxBytes: 6).ToList());

    [Fact]
    public void ListThatIsCutOff_IsNotTaken()
    {
        byte[] list = ChannelList.Encode(["foo", "bar.>"], maxBytes: 100).Single();
        for (int length = 1; length < list.Length; length++) Assert.Equal(length == 5, ChannelList.TryDecode(list.AsSpan(0, length), out _));
        Assert.True(ChannelList.TryDecode([], out var none));
        Assert.Empty(none);
    }
}
