using Bayou.Raft.Membership;
using Bayou.Raft.Replication;

namespace Bayou.Raft;

/// <summary>
/// Watches a replica: for logs, metrics and transcripts. Called in the middle of a step, so it may read the node but must not call
/// anything that changes it. Every method does nothing unless implemented.
/// </summary>
public interface IRaftObserver
{
    /// <summary>The replica took the role that <see cref="RaftNode.Role"/> says.</summary>
    void OnRoleChanged(RaftNode node) { }

    /// <summary>A membership took effect.</summary>
    void OnMembershipChanged(RaftNode node) { }

    /// <summary>The replica is about to campaign.</summary>
    void OnElectionStarting(RaftNode node) { }

    /// <summary>The replica does not campaign.</summary>
    void OnCampaignRefused(RaftNode node, CampaignRefusal reason) { }

    /// <summary>What the replica may not do, <see cref="RaftNode.VoteRestriction"/>, changed.</summary>
    void OnVoteRestrictionChanged(RaftNode node) { }

    /// <summary>A vote or pre-vote is asked of <paramref name="voter"/>.</summary>
    void OnVoteRequested(RaftNode node, MessageKind kind, ulong voter) { }

    /// <summary>A candidate's request was decided on.</summary>
    void OnVoteAnswered(RaftNode node, in RaftMessage request, VoteAnswer answer) { }

    /// <summary>An answer to this candidate was counted.</summary>
    void OnVoteCounted(RaftNode node, in RaftMessage response, int granted, int rejected) { }

    /// <summary>A message makes this replica a follower of a later term.</summary>
    void OnHigherTerm(RaftNode node, in RaftMessage message) { }

    /// <summary>A message of an earlier term is ignored.</summary>
    void OnStaleMessage(RaftNode node, in RaftMessage message) { }

    /// <summary>A response from a replica that is not a member is ignored.</summary>
    void OnStrangerIgnored(RaftNode node, in RaftMessage message) { }

    /// <summary>The leader has not heard from a quorum and steps down.</summary>
    void OnQuorumLost(RaftNode node) { }

    /// <summary>A proposal is refused.</summary>
    void OnProposalRefused(RaftNode node, ProposeOutcome reason) { }

    /// <summary>A membership change is replaced by an empty entry.</summary>
    void OnConfChangeRefused(RaftNode node, ConfChange change, ConfChangeRefusal reason) { }

    /// <summary>The leader proposes to leave the joint configuration.</summary>
    void OnLeavingJoint(RaftNode node) { }

    /// <summary>The follower is told to forget its leader, which it still knows during this call.</summary>
    void OnForgettingLeader(RaftNode node) { }

    /// <summary>The leader is kept in mind since reads rest on its lease.</summary>
    void OnForgetLeaderRefused(RaftNode node) { }

    /// <summary>The leader begins to hand over.</summary>
    void OnTransferStarted(RaftNode node, ulong successor) { }

    /// <summary>The successor has the whole log and is told to campaign.</summary>
    void OnTimeoutNowSent(RaftNode node, ulong successor) { }

    /// <summary>This replica is told to campaign.</summary>
    void OnTimeoutNowReceived(RaftNode node, in RaftMessage message) { }

    /// <summary>A leader's entry contradicts the log.</summary>
    void OnConflict(RaftNode node, ulong index, ulong existingTerm, ulong conflictingTerm) { }

    /// <summary>Uncommitted entries from <paramref name="index"/> on were dropped; <paramref name="isWholeTail"/>: all that were not stable.</summary>
    void OnSuffixTruncated(RaftNode node, ulong index, bool isWholeTail) { }

    /// <summary>A write was answered for an entry that is no longer in the unstable tail.</summary>
    void OnUnknownEntryStable(RaftNode node, ulong index) { }

    /// <summary>A write was answered for an entry that another one has replaced meanwhile.</summary>
    void OnReplacedEntryStable(RaftNode node, ulong index, ulong stableTerm, ulong currentTerm) { }

    /// <summary>A leader's snapshot is about to replace the log.</summary>
    void OnSnapshotRestoring(RaftNode node, Snapshot snapshot) { }

    /// <summary>A leader's snapshot has replaced the log.</summary>
    void OnSnapshotRestored(RaftNode node, Snapshot snapshot) { }

    /// <summary>A leader's snapshot is not needed: what it covers is committed here.</summary>
    void OnSnapshotIgnored(RaftNode node, Snapshot snapshot) { }

    /// <summary>The log does not match a leader's append.</summary>
    void OnAppendRejected(RaftNode node, in RaftMessage message) { }

    /// <summary>A follower's log does not match this leader's append.</summary>
    void OnRejection(RaftNode node, in RaftMessage message) { }

    /// <summary>The leader goes back in what it sends to a follower.</summary>
    void OnProgressRetreated(RaftNode node, Progress progress) { }

    /// <summary>A snapshot is about to be sent to a follower that needs entries which are compacted.</summary>
    void OnSnapshotSending(RaftNode node, Snapshot snapshot, Progress progress) { }

    /// <summary>A snapshot was sent; nothing else is until it is installed.</summary>
    void OnSnapshotSent(RaftNode node, Progress progress) { }

    /// <summary>A follower has what the snapshot was sent for, and gets entries again.</summary>
    void OnSnapshotRecovered(RaftNode node, Progress progress) { }

    /// <summary>A follower could not be reached.</summary>
    void OnUnreachable(RaftNode node, Progress progress) { }
}
