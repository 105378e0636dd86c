using Bayou.Raft.Membership;
using Bayou.Raft.Replication;

namespace Bayou.Raft;

// §6 and the thesis' joint consensus. A change is decided on when it is proposed and takes effect when it is applied.
public sealed partial class RaftNode
{
    /// <summary>
    /// No membership change is proposed until the entry at this index is applied: that of the last proposed change, or on a new leader
    /// the end of the log it inherited. So at most one change is under way.
    /// </summary>
    private ulong _pendingConfIndex;

    /// <summary>
    /// The entry up to which membership changes are part of the members. A snapshot takes it ahead of the apply thread, which may still hold
    /// older entries.
    /// </summary>
    private ulong _membersIndex;

    /// <summary>
    /// Puts a committed membership change into effect. Called for every entry that holds one, when it is applied and before
    /// the apply thread's response is stepped. Returns the membership that holds afterwards, to be stored. An entry that is covered by
    /// a snapshot installed meanwhile changes nothing.
    /// </summary>
    /// <exception cref="MembershipException">The change cannot be made; nothing has changed.</exception>
    public ConfState ApplyConfChange(in Entry entry)
    {
        if (!entry.IsConfChange)
        {
            throw new ArgumentException("The entry holds no membership change.", nameof(entry));
        }

        if (entry.Index > _membersIndex)
        {
            var (members, progress) = MembershipChange.Apply(_members, _progress, ConfChange.Decode(entry.Data), NewProgress);
            _membersIndex = entry.Index;
            Switch(members, progress);
        }

        return ConfState;
    }

    private void RestoreMembers(ConfState confState, ulong index)
    {
        _membersIndex = index;
        var (members, progress) = MembershipChange.Restore(confState, NewProgress);
        Switch(members, progress);
    }

    private void Switch(MemberSet members, ProgressTable progress)
    {
        _members = _options.Memberships?.Share(members) ?? members;
        _progress = progress;
        _observer?.OnMembershipChanged(this);
        if (Role != RaftRole.Leader)
        {
            return;
        }

        if (progress.Find(Id) is null or { IsLearner: true })
        {
            // It may go on leading until the others elect one of theirs, or step down and let them do so sooner (§4.2.2 of the thesis).
            if (_options.StepDownOnRemoval)
            {
                BecomeFollower(Term, leader: 0);
            }

            return;
        }

        // A smaller quorum may commit more, and new members want entries.
        if (TryCommit())
        {
            BroadcastAppend();
        }
        else
        {
            foreach (var member in progress.Members)
            {
                if (member.Id != Id)
                {
                    TrySendAppend(member, isSentEmpty: false);
                }
            }
        }

        if (!members.HasVoter(TransferTarget))
        {
            TransferTarget = 0;
        }
    }

    private Progress NewProgress(ulong id, bool isLearner) =>
        // A new member counts as active, else the next check of the quorum could depose the leader before it had a chance to answer.
        new(id, LastIndex, _options.MaxInflightMessages, _options.MaxInflightBytes, isLearner) { IsRecentlyActive = true };

    private bool TryAcceptConfChange(ConfChange change, ulong index)
    {
        var isLeaving = change.Steps.Count == 0;
        ConfChangeRefusal? refusal =
            _pendingConfIndex > _log.Applied ? ConfChangeRefusal.AnotherIsPending
            : _members.IsJoint && !isLeaving ? ConfChangeRefusal.MustLeaveJointFirst
            : !_members.IsJoint && isLeaving ? ConfChangeRefusal.NotJoint
            : null;
        if (refusal is { } reason && !_options.SkipConfChangeValidation)
        {
            _observer?.OnConfChangeRefused(this, change, reason);
            return false;
        }

        _pendingConfIndex = index;
        return true;
    }

    /// <summary>
    /// Proposes to leave the joint configuration once the change that entered it is applied. If that is refused, because leadership is
    /// being handed over, it is tried again with the next applied entries, here or on the new leader.
    /// </summary>
    private void LeaveJointIfDue()
    {
        if (!_members.IsAutoLeave || Role != RaftRole.Leader || _log.Applied < _pendingConfIndex)
        {
            return;
        }

        if (ProposeConfChange(ConfChange.LeaveJoint).IsAccepted)
        {
            _observer?.OnLeavingJoint(this);
        }
    }
}
