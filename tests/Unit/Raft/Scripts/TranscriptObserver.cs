using Bayou.Raft;
using Bayou.Raft.Membership;
using Bayou.Raft.Replication;
using static Bayou.Unit.Raft.Scripts.ScriptText;
using static Bayou.Unit.Raft.Scripts.TranscriptLevel;

namespace Bayou.Unit.Raft.Scripts;

/// <summary>Writes what happens in a node in the words of the scripts.</summary>
internal sealed class TranscriptObserver(Transcript transcript) : IRaftObserver
{
    public void OnRoleChanged(RaftNode node)
    {
        var role = node.Role == RaftRole.PreCandidate ? "pre-candidate" : node.Role.ToString().ToLowerInvariant();
        transcript.Log(Info, $"{node.Id} became {role} at term {node.Term}");
    }

    public void OnMembershipChanged(RaftNode node) =>
        transcript.Log(Info, $"{node.Id} switched to configuration {Config(node.ConfState)}");

    public void OnElectionStarting(RaftNode node) => transcript.Log(Info, $"{node.Id} is starting a new election at term {node.Term}");

    public void OnCampaignRefused(RaftNode node, CampaignRefusal reason) =>
        transcript.Log(Warn, reason == CampaignRefusal.NotPromotable
            ? $"{node.Id} is unpromotable and can not campaign"
            : $"{node.Id} cannot campaign at term {node.Term} since there are still pending configuration changes to apply");

    public void OnVoteRequested(RaftNode node, MessageKind kind, ulong voter) =>
        transcript.Log(Info, $"{node.Id} {Last(node)} sent {Name(kind)} request to {voter} at term {node.Term}");

    public void OnVoteAnswered(RaftNode node, in RaftMessage request, VoteAnswer answer)
    {
        var (verb, preposition) = answer switch
        {
            VoteAnswer.Granted => ("cast", "for"),
            VoteAnswer.Rejected => ("rejected", "from"),
            _ => ("ignored", "from"),
        };
        var lease = answer == VoteAnswer.LeaseNotExpired
            ? $": lease is not expired (remaining ticks: {node.RemainingLeaseTicks})"
            : string.Empty;
        transcript.Log(Info, $"{node.Id} [logterm: {node.LastTerm}, index: {node.LastIndex}, vote: {node.Vote}] {verb} {Name(request.Kind)} "
            + $"{preposition} {request.From} {Asked(request)} at term {node.Term}{lease}");
    }

    public void OnVoteCounted(RaftNode node, in RaftMessage response, int granted, int rejected)
    {
        var kind = Name(response.Kind);
        var rejection = response.IsRejected ? " rejection" : string.Empty;
        transcript.Log(Info, $"{node.Id} received {kind}{rejection} from {response.From} at term {node.Term}");
        transcript.Log(Info, $"{node.Id} has received {granted} {kind} votes and {rejected} vote rejections");
    }

    public void OnHigherTerm(RaftNode node, in RaftMessage message) =>
        transcript.Log(Info, $"{node.Id} [term: {node.Term}] received a {Name(message.Kind)} message with higher term from "
            + $"{message.From} [term: {message.Term}]");

    public void OnStaleMessage(RaftNode node, in RaftMessage message) =>
        transcript.Log(Info, message.Kind == MessageKind.StorageAppendResponse
            ? $"{node.Id} [term: {node.Term}] ignored entry appends from a {Name(message.Kind)} message with lower term [term: {message.Term}]"
            : $"{node.Id} [term: {node.Term}] ignored a {Name(message.Kind)} message with lower term from {message.From} [term: {message.Term}]");

    public void OnStrangerIgnored(RaftNode node, in RaftMessage message) => transcript.WriteLine("raft: cannot step as peer not found");

    public void OnQuorumLost(RaftNode node) => transcript.Log(Warn, $"{node.Id} stepped down to follower since quorum is not active");

    public void OnProposalRefused(RaftNode node, ProposeOutcome reason)
    {
        if (reason == ProposeOutcome.NoLeader)
        {
            transcript.Log(Info, $"{node.Id} no leader at term {node.Term}; dropping proposal");
        }
    }

    public void OnConfChangeRefused(RaftNode node, ConfChange change, ConfChangeRefusal reason)
    {
        var why = reason switch
        {
            ConfChangeRefusal.AnotherIsPending => $"possible unapplied conf change (applied to {node.AppliedIndex})",
            ConfChangeRefusal.MustLeaveJointFirst => "must transition out of joint config first",
            _ => "not in joint state; refusing empty conf change",
        };
        transcript.Log(Info, $"{node.Id} ignoring conf change {Described(change)} at config {Config(node.ConfState)}: {why}");
    }

    public void OnLeavingJoint(RaftNode node) =>
        transcript.Log(Info, $"initiating automatic transition out of joint configuration {Config(node.ConfState)}");

    public void OnForgettingLeader(RaftNode node) =>
        transcript.Log(Info, $"{node.Id} forgetting leader {node.Leader} at term {node.Term}");

    public void OnForgetLeaderRefused(RaftNode node) => transcript.Log(Error, "ignoring MsgForgetLeader due to ReadOnlyLeaseBased");

    public void OnTransferStarted(RaftNode node, ulong successor) =>
        transcript.Log(Info, $"{node.Id} [term {node.Term}] starts to transfer leadership to {successor}");

    public void OnTimeoutNowSent(RaftNode node, ulong successor) =>
        transcript.Log(Info, $"{node.Id} sends MsgTimeoutNow to {successor} immediately as {successor} already has up-to-date log");

    public void OnTimeoutNowReceived(RaftNode node, in RaftMessage message) =>
        transcript.Log(Info, $"{node.Id} [term {node.Term}] received MsgTimeoutNow from {message.From} and starts an election to get leadership.");

    public void OnConflict(RaftNode node, ulong index, ulong existingTerm, ulong conflictingTerm) =>
        transcript.Log(Info, $"found conflict at index {index} [existing term: {existingTerm}, conflicting term: {conflictingTerm}]");

    public void OnSuffixTruncated(RaftNode node, ulong index, bool isWholeTail) =>
        transcript.Log(Info, isWholeTail
            ? $"replace the unstable entries from index {index}"
            : $"truncate the unstable entries before index {index}");

    public void OnUnknownEntryStable(RaftNode node, ulong index) =>
        transcript.Log(Info, $"entry at index {index} missing from unstable log; ignoring");

    public void OnReplacedEntryStable(RaftNode node, ulong index, ulong stableTerm, ulong currentTerm) =>
        transcript.Log(Info, $"entry at (index,term)=({index},{stableTerm}) mismatched with entry at ({index},{currentTerm}) in unstable log; ignoring");

    public void OnSnapshotRestoring(RaftNode node, Snapshot snapshot)
    {
        var tail = node.Log.Tail;
        transcript.Log(Info, $"log [committed={node.CommitIndex}, applied={node.AppliedIndex}, applying={node.ApplyingIndex}, "
            + $"unstable.offset={tail.Offset}, unstable.offsetInProgress={tail.OffsetInProgress}, len(unstable.Entries)={tail.Count}] "
            + $"starts to restore snapshot {At(snapshot)}");
    }

    public void OnSnapshotRestored(RaftNode node, Snapshot snapshot)
    {
        transcript.Log(Info, $"{node.Id} [commit: {node.CommitIndex}, lastindex: {node.LastIndex}, lastterm: {node.LastTerm}] "
            + $"restored snapshot {At(snapshot)}");
        transcript.Log(Info, $"{node.Id} [commit: {node.CommitIndex}] restored snapshot {At(snapshot)}");
    }

    public void OnSnapshotIgnored(RaftNode node, Snapshot snapshot) =>
        transcript.Log(Info, $"{node.Id} [commit: {node.CommitIndex}] ignored snapshot {At(snapshot)}");

    public void OnAppendRejected(RaftNode node, in RaftMessage message) =>
        transcript.Log(Debug, $"{node.Id} [logterm: {node.Log.TermOrZero(message.Index)}, index: {message.Index}] rejected MsgApp "
            + $"{Asked(message)} from {message.From}");

    public void OnRejection(RaftNode node, in RaftMessage message) =>
        transcript.Log(Debug, $"{node.Id} received MsgAppResp(rejected, hint: (index {message.RejectHint}, term {message.LogTerm})) "
            + $"from {message.From} for index {message.Index}");

    public void OnProgressRetreated(RaftNode node, Progress progress) =>
        transcript.Log(Debug, $"{node.Id} decreased progress of {progress.Id} to [{Of(progress)}]");

    public void OnSnapshotSending(RaftNode node, Snapshot snapshot, Progress progress) =>
        transcript.Log(Debug, $"{node.Id} [firstindex: {node.FirstIndex}, commit: {node.CommitIndex}] sent snapshot"
            + $"{At(snapshot)} to {progress.Id} [{Of(progress)}]");

    public void OnSnapshotSent(RaftNode node, Progress progress) =>
        transcript.Log(Debug, $"{node.Id} paused sending replication messages to {progress.Id} [{Of(progress)}]");

    public void OnSnapshotRecovered(RaftNode node, Progress progress) =>
        transcript.Log(Debug, $"{node.Id} recovered from needing snapshot, resumed sending replication messages to {progress.Id} [{Of(progress)}]");

    public void OnUnreachable(RaftNode node, Progress progress) =>
        transcript.Log(Debug, $"{node.Id} failed to send message to {progress.Id} because it is unreachable [{Of(progress)}]");

    private static string Last(RaftNode node) => $"[logterm: {node.LastTerm}, index: {node.LastIndex}]";

    private static string Asked(in RaftMessage message) => $"[logterm: {message.LogTerm}, index: {message.Index}]";

    private static string At(Snapshot snapshot) => $"[index: {snapshot.Index}, term: {snapshot.Term}]";
}
