using Bayou.Raft.Replication;

namespace Bayou.Raft;

// §3.10 of the thesis: the leader brings its successor up to date and tells it to campaign at once.
public sealed partial class RaftNode
{
    /// <summary>
    /// Hands leadership over to a voter. The leader refuses proposals until that happens or an election timeout passes. On a follower the
    /// request is sent to the leader.
    /// </summary>
    public void TransferLeadership(ulong to)
    {
        if (Role == RaftRole.Leader)
        {
            HandOver(to);
        }
        else if (Role == RaftRole.Follower && Leader != 0)
        {
            Send(new RaftMessage { Kind = MessageKind.TransferLeader, To = Leader, Context = to });
        }
    }

    /// <summary>
    /// Hands leadership over to the voter that is furthest, one that was heard of lately if there is any; chance decides between equals, so
    /// that a silo that gives up many groups does not burden one other. False if it does not lead or no other voter could take over.
    /// </summary>
    public bool TryTransferLeadership(out ulong successor)
    {
        successor = 0;
        if (Role != RaftRole.Leader)
        {
            return false;
        }

        var best = (IsRecentlyActive: false, MatchIndex: 0ul);
        var equals = 0;
        foreach (var member in _progress.Members)
        {
            var rank = (member.IsRecentlyActive, member.MatchIndex);
            if (member.Id == Id || member.IsLearner || member.State == ProgressState.Snapshot || rank.CompareTo(best) < 0)
            {
                continue;
            }

            equals = rank == best ? equals + 1 : 1;
            best = rank;
            if (_options.Random.Next(equals) == 0)
            {
                successor = member.Id;
            }
        }

        HandOver(successor);
        return successor != 0;
    }

    private void HandOver(ulong successor)
    {
        if (successor == Id || successor == TransferTarget || _progress.Find(successor) is not { IsLearner: false } follower)
        {
            return;
        }

        _observer?.OnTransferStarted(this, successor);

        // The whole of an election timeout is given to the transfer; TickLeader ends it.
        _electionElapsed = 0;
        TransferTarget = successor;
        if (follower.MatchIndex == LastIndex)
        {
            TellToCampaign(successor);
        }
        else
        {
            TrySendAppend(follower, isSentEmpty: true);
        }
    }

    private void TellToCampaign(ulong successor)
    {
        Send(new RaftMessage { Kind = MessageKind.TimeoutNow, To = successor });
        _observer?.OnTimeoutNowSent(this, successor);
    }
}
