using Bayou.Raft;
using Xunit;

namespace Bayou.Unit.Raft;

/// <summary>§5.1 of the paper: terms act as a logical clock.</summary>
public sealed class TermTests
{
    public static TheoryData<RaftRole, MessageKind> RolesAndKinds
    {
        get
        {
            var data = new TheoryData<RaftRole, MessageKind>();
            foreach (var role in new[] { RaftRole.Follower, RaftRole.Candidate, RaftRole.Leader })
            {
                data.Add(role, MessageKind.Append);
                data.Add(role, MessageKind.AppendResponse);
                data.Add(role, MessageKind.Vote);
                data.Add(role, MessageKind.VoteResponse);
                data.Add(role, MessageKind.Heartbeat);
                data.Add(role, MessageKind.HeartbeatResponse);
                data.Add(role, MessageKind.TimeoutNow);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(RolesAndKinds))]
    public void LaterTerm_MakesAnyRoleAFollowerOfThatTerm(RaftRole role, MessageKind kind)
    {
        var node = InRole(role).Node;
        node.Step(new RaftMessage { Kind = kind, From = 2, To = 1, Term = 9 });
        if (kind == MessageKind.TimeoutNow)
        {
            Assert.Equal((RaftRole.Candidate, 10ul), (node.Role, node.Term));
            return;
        }

        Assert.Equal((RaftRole.Follower, 9ul), (node.Role, node.Term));
        Assert.Equal(kind is MessageKind.Append or MessageKind.Heartbeat ? 2ul : 0, node.Leader);
    }

    [Theory]
    [MemberData(nameof(RolesAndKinds))]
    public void EarlierTerm_IsIgnored(RaftRole role, MessageKind kind)
    {
        var replica = InRole(role);
        replica.Receive(new RaftMessage { Kind = MessageKind.Heartbeat, From = 3, To = 1, Term = 5 });
        var before = (replica.Node.Role, replica.Node.Term, replica.Node.Vote, replica.Node.LastIndex, replica.Node.Leader);
        var answers = replica.Receive(new RaftMessage { Kind = kind, From = 2, To = 1, Term = 4 });
        Assert.Empty(answers);
        Assert.Equal(before, (replica.Node.Role, replica.Node.Term, replica.Node.Vote, replica.Node.LastIndex, replica.Node.Leader));
    }

    [Theory]
    [InlineData(MessageKind.Append)]
    [InlineData(MessageKind.Heartbeat)]
    public void EarlierTermFromALeader_IsToldTheLaterOneIfVotesWouldNotTellIt(MessageKind kind)
    {
        var replica = TestReplica.Of(3, options => options with { CheckQuorum = true });
        replica.Receive(new RaftMessage { Kind = MessageKind.Heartbeat, From = 3, To = 1, Term = 5 });
        var answer = replica.Receive(new RaftMessage { Kind = kind, From = 2, To = 1, Term = 4 }).Single();
        Assert.Equal((MessageKind.AppendResponse, 5ul, 2ul), (answer.Kind, answer.Term, answer.To));
    }

    [Fact]
    public void TermAndVote_SurviveARestart()
    {
        var replica = TestReplica.Of(3);
        replica.Node.Campaign();
        replica.Work();
        replica.Restart();
        Assert.Equal((1ul, 1ul, RaftRole.Follower), (replica.Node.Term, replica.Node.Vote, replica.Node.Role));
    }

    [Theory]
    [InlineData(MessageKind.StorageAppend)]
    [InlineData(MessageKind.StorageApply)]
    [InlineData(MessageKind.StorageAppendResponse)]
    [InlineData(MessageKind.StorageApplyResponse)]
    public void StorageMessageFromAnotherReplica_IsRefused(MessageKind kind) =>
        Assert.Throws<ArgumentException>(() => TestReplica.Of(3).Receive(new RaftMessage { Kind = kind, From = 2, To = 1, Term = 1 }));

    private static TestReplica InRole(RaftRole role)
    {
        var replica = TestReplica.Of(3);
        if (role == RaftRole.Leader)
        {
            replica.Lead(2);
        }
        else if (role == RaftRole.Candidate)
        {
            replica.Node.Campaign();
        }

        replica.Work();
        Assert.Equal(role, replica.Node.Role);
        return replica;
    }
}
