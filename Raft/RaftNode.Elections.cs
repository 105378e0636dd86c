using Bayou.Raft.Quorum;

namespace Bayou.Raft;

// §5.2 and §5.4.1: when to campaign, whom to ask, and whom to vote for.
public sealed partial class RaftNode
{
    /// <summary>Entries looked at in one go when searching for membership changes.</summary>
    private const ulong ScanPageBytes = 1024 * 1024;

    private void TickElection()
    {
        _electionElapsed++;
        if (IsPromotable && _electionElapsed >= ElectionTimeout)
        {
            _electionElapsed = 0;
            Campaign();
        }
    }

    private void StartElection(CampaignKind kind)
    {
        if (Role == RaftRole.Leader)
        {
            return;
        }

        if (!IsPromotable)
        {
            _observer?.OnCampaignRefused(this, VoteRestriction.IsNone ? CampaignRefusal.NotPromotable : CampaignRefusal.VoteRestricted);
            return;
        }

        if (HasUnappliedConfChange())
        {
            _observer?.OnCampaignRefused(this, CampaignRefusal.UnappliedConfChange);
            return;
        }

        _observer?.OnElectionStarting(this);
        AskForVotes(kind);
    }

    private void AskForVotes(CampaignKind kind)
    {
        if (kind == CampaignKind.PreElection)
        {
            BecomePreCandidate();
        }
        else
        {
            BecomeCandidate();
        }

        var isPre = kind == CampaignKind.PreElection;
        var term = isPre ? Term + 1 : Term;
        foreach (var voter in _members.AllVoters)
        {
            if (voter == Id)
            {
                // Our own vote counts when it is durable, like anybody's.
                Send(new RaftMessage { Kind = isPre ? MessageKind.PreVoteResponse : MessageKind.VoteResponse, To = Id, Term = term });
                continue;
            }

            var request = isPre ? MessageKind.PreVote : MessageKind.Vote;
            _observer?.OnVoteRequested(this, request, voter);
            Send(new RaftMessage
            {
                Kind = request,
                To = voter,
                Term = term,
                Index = LastIndex,
                LogTerm = LastTerm,
                IsTransfer = kind == CampaignKind.Transfer,
            });
        }
    }

    private void OnVoteRequest(in RaftMessage request)
    {
        var isPre = request.Kind == MessageKind.PreVote;

        // A vote may be repeated. A new one is given only if there is neither a vote nor a leader in this term. A pre-vote binds nobody.
        var mayVote = Vote == request.From || (Vote == 0 && Leader == 0) || (isPre && request.Term > Term);
        var isGranted = mayVote
            && _log.IsUpToDate(request.Index, request.LogTerm)
            && VoteRestriction.IsMetBy(request.LogTerm, request.Index);
        _observer?.OnVoteAnswered(this, request, isGranted ? VoteAnswer.Granted : VoteAnswer.Rejected);

        // A leader that removed itself may be the only one who knows that this is committed, and its longer log keeps it from voting for
        // those who still count on it. It lets them know how far they may commit, so that they need it no more.
        var isAdvice = !isGranted && !_members.HasVoter(Id);
        Send(new RaftMessage
        {
            Kind = isPre ? MessageKind.PreVoteResponse : MessageKind.VoteResponse,
            To = request.From,

            // A granted pre-vote quotes the term it was asked for, else the candidate would ignore it as out of date.
            Term = isGranted ? request.Term : Term,
            IsRejected = !isGranted,
            Commit = isAdvice ? _log.Committed : 0,
            LogTerm = isAdvice ? _log.TermOrZero(_log.Committed) : 0,
        });
        if (isGranted && !isPre)
        {
            _electionElapsed = 0;
            Vote = request.From;
        }
    }

    private VoteResult Count(in RaftMessage response)
    {
        _ballots.Record(response.From, !response.IsRejected);
        var granted = 0;
        var rejected = 0;
        foreach (var member in _progress.Members)
        {
            var answer = member.IsLearner ? null : _ballots.AnswerOf(member.Id);
            granted += answer == true ? 1 : 0;
            rejected += answer == false ? 1 : 0;
        }

        _observer?.OnVoteCounted(this, response, granted, rejected);
        return _members.Decide(_ballots);
    }

    private bool HasUnappliedConfChange()
    {
        for (var next = _log.Applied + 1; next <= _log.Committed;)
        {
            var page = _log.Read(next, _log.Committed + 1, ScanPageBytes).Span;
            foreach (ref readonly var entry in page)
            {
                if (entry.IsConfChange)
                {
                    return true;
                }
            }

            next += (ulong)page.Length;
        }

        return false;
    }
}
