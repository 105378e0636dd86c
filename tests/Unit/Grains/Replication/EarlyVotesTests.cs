using Bayou.Grains.Replication;
using Bayou.Raft;
using Bayou.Records;
using Xunit;

namespace Bayou.Unit.Grains.Replication;

public sealed class EarlyVotesTests
{
    private static readonly GroupId Group = new(7);

    private readonly EarlyVotes _votes = new();

    [Theory]
    [InlineData(MessageKind.PreVote)]
    [InlineData(MessageKind.Vote)]
    public void RequestForAVote_WaitsForItsGroup_Once(MessageKind kind)
    {
        _votes.Keep(Group, new RaftMessage { Kind = kind, Term = 1 });
        _votes.Keep(Group, new RaftMessage { Kind = kind, Term = 2 });

        Assert.False(_votes.TryTake(new GroupId(8), out _));
        Assert.True(_votes.TryTake(Group, out var request));
        Assert.Equal((kind, 2ul), (request.Kind, request.Term));
        Assert.False(_votes.TryTake(Group, out _));
    }

    [Fact]
    public void OtherMessage_IsNotKept()
    {
        _votes.Keep(Group, new RaftMessage { Kind = MessageKind.Append });
        Assert.False(_votes.TryTake(Group, out _));
    }

    [Fact]
    public void OldestRequest_MakesRoom()
    {
        for (ulong group = 1; group <= 1025; group++) _votes.Keep(new GroupId(group), new RaftMessage { Kind = MessageKind.PreVote });
        Assert.False(_votes.TryTake(new GroupId(1), out _));
        Assert.True(_votes.TryTake(new GroupId(2), out _));
        Assert.True(_votes.TryTake(new GroupId(1025), out _));
    }
}
