using Bayou.Raft;
using Xunit;

namespace Bayou.Unit.Raft;

public sealed class RaftOptionsTests
{
    [Fact]
    public void Defaults_AreValid() => Assert.Empty(new RaftOptions { Id = 1, Random = new Random(1) }.Validate());

    [Fact]
    public void EverythingWrong_IsReportedAtOnce()
    {
        var options = new RaftOptions
        {
            Id = 0,
            Random = new Random(1),
            HeartbeatTicks = 0,
            ElectionTicks = 0,
            MaxInflightMessages = 0,
            MaxInflightBytes = 1,
            CheckQuorum = false,
            ReadOnlyOption = ReadOnlyOption.LeaseBased,
        };
        Assert.Equal(6, options.Validate().Count);
        Assert.Throws<ArgumentException>(() => new RaftNode(options, new MemoryLog()));
    }

    [Theory]
    [InlineData(RaftMessage.AppendThread)]
    [InlineData(RaftMessage.ApplyThread)]
    public void IdOfAStorageThread_IsRefused(ulong id) =>
        Assert.Single(new RaftOptions { Id = id, Random = new Random(1) }.Validate());
}
