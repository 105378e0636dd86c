using Bayou.Grains.Channels;
using Bayou.Grains.Interfaces;
using Xunit;

namespace Bayou.Unit.Grains.Channels;

public sealed class ChannelLimitsResolverTests
{
    private static readonly StreamingOptions Options = new()
    {
        Limits = new ChannelLimits { MaxMessages = 100 },
        ChannelLimits = new Dictionary<string, ChannelLimitsOverride>(StringComparer.Ordinal)
        {
            ["wild.*"] = new() { MaxMessages = 9 },
            ["wild.>"] = new() { MaxBytes = 50, MaxMessages = 20 },
            ["wild.tame"] = new() { MaxSubscriptions = 3 },
            ["free"] = new() { MaxMessages = 0 },
        },
    };

    [Theory]
    [InlineData("other", 100)]
    [InlineData("free", 0)]
    [InlineData("wild", 100)]
    [InlineData("wild.a", 9)]
    [InlineData("wild.tame", 9)]
    [InlineData("wild.a.b", 20)]
    public void Channel_HasTheValueOfTheNarrowestEntryThatGivesOne(string channel, long maxMessages) =>
        Assert.Equal(maxMessages, ChannelLimitsResolver.Resolve(Options, channel).MaxMessages);

    [Fact]
    public void Entries_InheritFromWiderOnesAndNeverFromNarrower()
    {
        var entries = ChannelLimitsResolver.ResolveEntries(Options);

        Assert.Equal(["free", "wild.*", "wild.>", "wild.tame"], entries.Select(entry => entry.Name));
        Assert.Equal([0L, 9L, 20L, 9L], entries.Select(entry => entry.Limits.MaxMessages));
        Assert.Equal([new ChannelLimits().MaxBytes, 50L, 50L, 50L], entries.Select(entry => entry.Limits.MaxBytes));
    }
}
