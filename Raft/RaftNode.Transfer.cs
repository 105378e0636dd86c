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
