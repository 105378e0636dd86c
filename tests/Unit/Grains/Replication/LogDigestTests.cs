using Bayou.Grains.Replication;
using Xunit;

namespace Bayou.Unit.Grains.Replication;

public sealed class LogDigestTests
{
    [Fact]
    public void ReplicasThatAppliedTheSame_PassEveryMark()
    {
        LogDigest leader = default, follower = default;
        for (ulong mark = 1; mark < 5; mark++)
        {
            leader.Add([1, 2, (byte)mark]);
            follower.Add([1, 2, (byte)mark]);
            byte[] bytes = leader.NextMark();
            Assert.True(LogDigest.IsMark(bytes));
            Assert.True(leader.TryPass(bytes, mark * 10, [7]));
            Assert.True(follower.TryPass(bytes, mark * 10, [7]));
        }
    }

    [Fact]
    public void AnotherCommand_IsFoundOutAtTheSecondMark()
    {
        LogDigest leader = default, follower = default;
        leader.Add([1]);
        follower.Add([2]);
        byte[] first = leader.NextMark();
        Assert.True(leader.TryPass(first, 10, []));
        Assert.True(follower.TryPass(first, 10, []));
        byte[] second = leader.NextMark();
        Assert.True(leader.TryPass(second, 20, []));
        Assert.False(follower.TryPass(second, 20, []));
    }

    [Fact]
    public void AnotherStateAfterTheSameCommands_IsFoundOutToo()
    {
        LogDigest leader = default, follower = default;
        byte[] first = leader.NextMark();
        leader.TryPass(first, 10, [1]);
        follower.TryPass(first, 10, [2]);
        Assert.False(follower.TryPass(leader.NextMark(), 20, [1]));
    }

    [Fact]
    public void MarkOfALeaderThatKnewAnEarlierMark_AccusesNobody()
    {
        LogDigest follower = default;
        follower.TryPass(new LogDigest { MarkIndex = 0 }.NextMark(), 10, [1]);
        Assert.True(follower.TryPass(new LogDigest { MarkIndex = 5, MarkHash = 99 }.NextMark(), 20, [1]));
    }
}
