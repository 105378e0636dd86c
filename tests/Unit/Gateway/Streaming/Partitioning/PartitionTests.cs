using Bayou.Gateway.Streaming.Partitioning;
using Bayou.Grains.Interfaces;
using Bayou.Grains.Interfaces.Identity;
using Bayou.Records;
using Xunit;

namespace Bayou.Unit.Gateway.Streaming.Partitioning;

public sealed class PartitionTests
{
    private readonly Partition _partition = new(["foo.>", "bar", "foo.a", "*.z"], Guid.Parse("0123456789abcdef0123456789abcdef"));

    [Theory]
    [InlineData("bar", true)]
    [InlineData("foo.a", true)]
    [InlineData("foo.a.b", true)]
    [InlineData("x.z", true)]
    [InlineData("foo", false)]
    [InlineData("bar.a", false)]
    [InlineData("BAR", false)]
    public void Channel_BelongsToTheServerThatListsItOrAPatternOfIt(string channel, bool isOwn) => Assert.Equal(isOwn, _partition.Owns(channel));

    [Fact]
    public void ChannelOfSeveralEntries_HasOnePlace()
    {
        Assert.Equal(["*.z", "bar", "foo.>", "foo.a"], _partition.Channels);
        Assert.Equal([2, 2, 0, 0, 1], new[] { "foo.a", "foo.b", "foo.z", "a.z", "bar" }.Select(_partition.PlaceOf));
    }

    [Theory]
    [InlineData("bar")]
    [InlineData(">")]
    [InlineData("foo.*")]
    [InlineData("foo.b.c")]
    [InlineData("a.*")]
    public void ListThatSharesAChannel_IsInConflict(string other) => Assert.Equal(other, _partition.FindConflict(["baz", other]));

    [Fact]
    public void ListThatSharesNone_IsNot() => Assert.Null(_partition.FindConflict(["foo", "baz.a.>", "bar.*.>"]));

    [Fact]
    public void AckInbox_SaysWhoseItIsAndComesBackAsItWas()
    {
        var inbox = new AckInbox(new SubscriptionId(new GroupId(7), 3), 0xabc);
        string told = _partition.ToClient(inbox.ToString());
        Assert.Equal("_INBOX.0123456789abcdef0123456789abcdef.bayou-7-3-0000000000000abc", told);
        Assert.True(ChannelPattern.Matches(_partition.AckSubject, told));
        Assert.Equal(inbox.ToString(), _partition.FromClient(told));
        Assert.Equal("_INBOX.mine", _partition.FromClient("_INBOX.mine"));
        Assert.True(AckInbox.TryParseToken(System.Text.Encoding.UTF8.GetBytes(told).AsSpan(_partition.AckPrefixLength), out AckInbox parsed));
        Assert.Equal(inbox, parsed);
    }
}
