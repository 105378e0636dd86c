using Bayou.Raft.Quorum;
using Xunit;

namespace Bayou.Unit.Raft.Quorum;

public sealed class BallotsTests
{
    [Fact]
    public void FirstAnswer_Counts()
    {
        var ballots = new Ballots();
        Assert.Null(ballots.AnswerOf(1));
        ballots.Record(1, isGranted: true);
        ballots.Record(1, isGranted: false);
        ballots.Record(2, isGranted: false);
        Assert.True(ballots.AnswerOf(1));
        Assert.False(ballots.AnswerOf(2));
        ballots.Clear();
        Assert.Null(ballots.AnswerOf(1));
    }
}
