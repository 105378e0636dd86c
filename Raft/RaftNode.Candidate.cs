using Bayou.Raft.Quorum;

namespace Bayou.Raft;

// §5.2 from the candidate's side, for elections and pre-elections alike.
public sealed partial class RaftNode
{
    private void StepCandidate(in RaftMessage message)
    {
        var awaited = Role == RaftRole.PreCandidate ? MessageKind.PreVoteResponse : MessageKind.VoteResponse;
        switch (message.Kind)
        {
            case var kind when IsFromLeader(kind):
                // Somebody else has won this term.
                BecomeFollower(message.Term, message.From);
                FollowLeader(message);
                break;
            case MessageKind.Propose:
                Propose(message.Entries);
                break;
            case var kind when kind == awaited:
                OnVoteResponse(message);
                break;
        }
    }

    private void OnVoteResponse(in RaftMessage message)
    {
        if (message.Commit != 0 && _log.Matches(message.Commit, message.LogTerm))
        {
            // The same entry means the same log up to it (§5.3), so what is committed there is committed here.
            _log.CommitTo(message.Commit);
        }

        switch (Count(message))
        {
            case VoteResult.Won when Role == RaftRole.PreCandidate:
                AskForVotes(CampaignKind.Election);
                break;
            case VoteResult.Won:
                BecomeLeader();
                BroadcastAppend();
                break;
            case VoteResult.Lost:
                // A pre-vote is answered in the voter's term, which we have adopted if it was later.
                BecomeFollower(Term, leader: 0);
                break;
        }
    }
}
