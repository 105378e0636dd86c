using Bayou.Raft.Replication;

namespace Bayou.Raft;

// Groups that have nothing to do sleep: no ticks, no heartbeats, and in memory only a HibernatedNode. Sleep rests on no promise: any
// message, proposal, read or tick wakes a replica, and a woken one follows the ordinary rules with the state that it had. A lost or stale
// Quiesce therefore costs a few messages. The replica that stays awake asks for pre-votes, which the others refuse since they wake with a fresh
// lease, and the leader that it wakes sends heartbeats again. Without pre-vote and CheckQuorum it would cost an election.
public sealed partial class RaftNode
{
    /// <summary>The leader has put the group to sleep when the log was what it is now, and nothing was heard since.</summary>
    private bool _isQuiesced;

    /// <summary>The state went into a <see cref="HibernatedNode"/>; this object may no longer act.</summary>
    private bool _isHibernated;

    /// <summary>
    /// Whether the node may be put to sleep now; cheap enough to ask with every tick. A leader may if every member has its whole log, all of that
    /// is committed and applied here, and nothing waits: no proposal, read, transfer or joint configuration, and no Ready. A follower may if
    /// in addition its leader has said so and it has found the same; then <see cref="SoftState.IsQuiesced"/> is set. Never with reads by lease:
    /// a sleeper's lease proves nothing.
    /// </summary>
    public bool CanHibernate =>
        !_isHibernated
        && !HasReady
        && _stepsOnAdvance.Count == 0
        && IsAtRest
        && _options.ReadOnlyOption == ReadOnlyOption.Safe
        && (Role == RaftRole.Leader ? IsGroupAtRest : IsQuiesced);

    private bool IsQuiesced => _isQuiesced && IsAtRest;

    private bool IsAtRest => _log.Applied == LastIndex && _log.Tail.Count == 0 && _log.Tail.Snapshot is null;

    private bool IsGroupAtRest
    {
        get
        {
            var isBusy = TransferTarget != 0 || _members.IsJoint || !_reads.IsEmpty || _progress.Find(Id) is null;
            foreach (var member in _progress.Members)
            {
                isBusy |= member.State != ProgressState.Replicate || member.MatchIndex != LastIndex;
            }

            return !isBusy;
        }
    }

    /// <summary>
    /// Puts the node to sleep if it may, and if the driver has finished all storage work that it was given. On a leader one last
    /// <see cref="Ready"/> follows, whose messages send the others to sleep. Then this object has no more to say and is dropped; every member has the
    /// whole log, so it may also be compacted to its end.
    /// </summary>
    public bool TryHibernate(out HibernatedNode state)
    {
        if (!CanHibernate)
        {
            state = default;
            return false;
        }

        state = new HibernatedNode(CurrentHardState, Leader, _members, VoteRestriction);
        _isHibernated = true;
        if (Role == RaftRole.Leader)
        {
            SendQuiesce();
        }

        return true;
    }

    /// <summary>
    /// The node as it was when it went to sleep: a leader leads the same term and counts its followers as level with it, a follower keeps its
    /// leader. All clocks start anew. If the leader has died meanwhile, the driver calls <see cref="ForgetLeader"/> and
    /// <see cref="Campaign"/>; it must also do so when the leader's process was started again.
    /// </summary>
    /// <param name="state">The state; only the last one, and only once.</param>
    /// <param name="options">As for the constructor; Applied and VoteRestriction are taken from the state.</param>
    /// <param name="storage">The same log; of its entries it needs only the last one's term.</param>
    /// <exception cref="RaftInvariantException">The log is not the one that went to sleep.</exception>
    public static RaftNode Wake(in HibernatedNode state, RaftOptions options, IRaftStorage storage) => new(options, storage, state);

    private void Resume(in HibernatedNode state)
    {
        if (!_log.Matches(state.LastIndex, state.Term) || LastIndex != state.LastIndex)
        {
            throw new RaftInvariantException($"The log ends at {LastIndex}, but the replica slept with a log up to {state.LastIndex} in term {state.Term}.");
        }

        _members = state.Members;
        _membersIndex = state.LastIndex;
        (_reportedHardState, _reportedRestriction) = (state.HardState, state.VoteRestriction);
        _progress = ProgressTable.Of(_members, NewProgress);
        (Term, Vote, VoteRestriction) = (state.Term, state.Vote, state.VoteRestriction);
        _log.CommitTo(state.LastIndex);
        _log.AppliedTo(state.LastIndex, 0);
        EnterTerm(Term);
        Leader = state.Leader;
        if (Leader == Id)
        {
            Role = RaftRole.Leader;
            foreach (var member in _progress.Members)
            {
                member.Resume(LastIndex);
            }
        }
    }

    private void SendQuiesce()
    {
        foreach (var member in _progress.Members)
        {
            if (member.Id != Id)
            {
                Send(new RaftMessage { Kind = MessageKind.Quiesce, To = member.Id, Index = LastIndex, LogTerm = LastTerm, Commit = _log.Committed });
            }
        }
    }

    /// <summary>
    /// What the leader says about our log must hold of its durable part; then its commit index holds too. Otherwise this is a
    /// heartbeat, whose answer wakes the leader.
    /// </summary>
    private void OnQuiesce(in RaftMessage message)
    {
        if (_log.Tail.Count > 0 || LastIndex != message.Index || !_log.Matches(message.Index, message.LogTerm) || message.LogTerm != Term)
        {
            OnHeartbeat(message);
            return;
        }

        _log.CommitTo(message.Commit);
        _isQuiesced = true;
    }

    /// <summary>Whoever acts after its state was given away could contradict the node that is woken from it.</summary>
    private void CheckStillAwake()
    {
        if (!_isHibernated)
        {
            return;
        }

        var isFarewell = _messages.TrueForAll(static m => m.Kind == MessageKind.Quiesce)
            && _messagesAfterAppend.Count == 0
            && !_log.Tail.HasNextEntries
            && CurrentHardState == _reportedHardState;
        if (!isFarewell)
        {
            throw new RaftInvariantException("A node was used after it was put to sleep.");
        }
    }
}
