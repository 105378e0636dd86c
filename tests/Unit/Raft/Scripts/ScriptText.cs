using System.Globalization;
using System.Text;
using Bayou.Raft;
using Bayou.Raft.Membership;
using Bayou.Raft.Replication;

namespace Bayou.Unit.Raft.Scripts;

/// <summary>The scripts' way of writing messages, entries, memberships and progress.</summary>
internal static class ScriptText
{
    public static string Name(MessageKind kind) => kind switch
    {
        MessageKind.Propose => "MsgProp",
        MessageKind.Append => "MsgApp",
        MessageKind.AppendResponse => "MsgAppResp",
        MessageKind.Vote => "MsgVote",
        MessageKind.VoteResponse => "MsgVoteResp",
        MessageKind.PreVote => "MsgPreVote",
        MessageKind.PreVoteResponse => "MsgPreVoteResp",
        MessageKind.Snapshot => "MsgSnap",
        MessageKind.Heartbeat => "MsgHeartbeat",
        MessageKind.HeartbeatResponse => "MsgHeartbeatResp",
        MessageKind.TransferLeader => "MsgTransferLeader",
        MessageKind.TimeoutNow => "MsgTimeoutNow",
        MessageKind.ReadIndex => "MsgReadIndex",
        MessageKind.ReadIndexResponse => "MsgReadIndexResp",
        MessageKind.StorageAppend => "MsgStorageAppend",
        MessageKind.StorageAppendResponse => "MsgStorageAppendResp",
        MessageKind.StorageApply => "MsgStorageApply",
        _ => "MsgStorageApplyResp",
    };

    public static string Name(RaftRole role) => "State" + role;

    public static string Of(Ready ready)
    {
        var text = new StringBuilder();
        if (ready.SoftState is { } soft)
        {
            text.Append($"Lead:{soft.Leader} State:{Name(soft.Role)}\n");
        }

        if (ready.HardState is { } hard)
        {
            text.Append($"HardState Term:{hard.Term}{(hard.Vote == 0 ? string.Empty : $" Vote:{hard.Vote}")} Commit:{hard.Commit}\n");
        }

        AddSection("Entries", ready.Entries);
        if (ready.Snapshot is { } snapshot)
        {
            text.Append($"Snapshot {Of(snapshot)}\n");
        }

        AddSection("CommittedEntries", ready.CommittedEntries);
        if (!ready.Messages.IsEmpty)
        {
            text.Append("Messages:\n");
            foreach (ref readonly var message in ready.Messages)
            {
                text.Append(Of(message)).Append('\n');
            }
        }

        return text.Length == 0 ? "<empty Ready>" : $"Ready MustSync={Lower(ready.MustSync)}:\n{text}";

        void AddSection(string title, ReadOnlyMemory<Entry> entries)
        {
            if (!entries.IsEmpty)
            {
                text.Append($"{title}:\n{Of(entries.Span)}");
            }
        }
    }

    public static string Of(in RaftMessage message, string indent = "", bool withResponses = true)
    {
        var text = new StringBuilder();
        text.Append($"{indent}{Target(message.From)}->{Target(message.To)} {Name(message.Kind)} ");
        text.Append($"Term:{message.Term} Log:{message.LogTerm}/{message.Index}");
        AddIf(message.IsRejected, $" Rejected (Hint: {message.RejectHint})");
        AddIf(message.Commit != 0, $" Commit:{message.Commit}");
        AddIf(message.Vote != 0, $" Vote:{message.Vote}");
        if (message.Entries.Length == 1)
        {
            text.Append($" Entries:[{Of(message.Entries.Span[0])}]");
        }
        else if (message.Entries.Length > 1)
        {
            text.Append(" Entries:[");
            foreach (var entry in message.Entries.Span)
            {
                text.Append($"\n{indent}  {Of(entry)}");
            }

            text.Append($"\n{indent}]");
        }

        if (message.Snapshot is { } snapshot)
        {
            text.Append($"\n{indent}  Snapshot: {Of(snapshot)}");
        }

        if (withResponses && message.Responses.Count > 0)
        {
            text.Append(" Responses:[");
            foreach (var response in message.Responses)
            {
                text.Append('\n').Append(Of(response, indent + "  "));
            }

            text.Append($"\n{indent}]");
        }

        return text.ToString();

        void AddIf(bool isShown, string part) => text.Append(isShown ? part : string.Empty);
    }

    public static string Of(ReadOnlySpan<Entry> entries)
    {
        var text = new StringBuilder();
        foreach (var entry in entries)
        {
            text.Append(Of(entry)).Append('\n');
        }

        return text.ToString();
    }

    public static string Of(in Entry entry)
    {
        var kind = entry.Kind switch
        {
            EntryKind.Normal => "EntryNormal",
            EntryKind.ConfChange => "EntryConfChange",
            _ => "EntryConfChangeV2",
        };
        var data = entry.IsConfChange ? Of(ConfChange.Decode(entry.Data).Steps) : Quoted(entry.Data.Span);
        return $"{entry.Term}/{entry.Index} {kind}{(data.Length == 0 ? string.Empty : " " + data)}";
    }

    public static string Of(Snapshot snapshot) => $"Index:{snapshot.Index} Term:{snapshot.Term} ConfState:{Of(snapshot.ConfState)}";

    public static string Of(ConfState state) =>
        $"Voters:{List(state.Voters)} VotersOutgoing:{List(state.VotersOutgoing)} Learners:{List(state.Learners)} "
        + $"LearnersNext:{List(state.LearnersNext)} AutoLeave:{Lower(state.AutoLeave)}";

    public static string Config(ConfState state)
    {
        var text = new StringBuilder("voters=").Append(Set(state.Voters));
        text.Append(state.VotersOutgoing.Count > 0 ? "&&" + Set(state.VotersOutgoing) : string.Empty);
        text.Append(state.Learners.Count > 0 ? " learners=" + Set(state.Learners) : string.Empty);
        text.Append(state.LearnersNext.Count > 0 ? " learners_next=" + Set(state.LearnersNext) : string.Empty);
        return text.Append(state.AutoLeave ? " autoleave" : string.Empty).ToString();
    }

    public static string Of(Progress progress)
    {
        var text = new StringBuilder($"State{progress.State} match={progress.MatchIndex} next={progress.NextIndex}");
        AddIf(progress.IsLearner, " learner");
        AddIf(progress.IsPaused, " paused");
        AddIf(progress.PendingSnapshot > 0, $" pendingSnap={progress.PendingSnapshot}");
        AddIf(!progress.IsRecentlyActive, " inactive");
        AddIf(progress.InflightCount > 0, $" inflight={progress.InflightCount}");
        AddIf(progress.InflightCount > 0 && progress.IsWindowFull, "[full]");
        return text.ToString();

        void AddIf(bool isShown, string part) => text.Append(isShown ? part : string.Empty);
    }

    public static string Of(ReadOnlySpan<Progress> members)
    {
        var text = new StringBuilder();
        foreach (var member in members)
        {
            text.Append($"{member.Id}: {Of(member)}\n");
        }

        return text.ToString();
    }

    public static string Described(ConfChange change)
    {
        var text = new StringBuilder($"transition:ConfChangeTransition{change.Transition}");
        foreach (var step in change.Steps)
        {
            var kind = step.Kind switch
            {
                ConfChangeKind.AddVoter => "AddNode",
                ConfChangeKind.Remove => "RemoveNode",
                ConfChangeKind.Update => "UpdateNode",
                _ => "AddLearnerNode",
            };
            text.Append($" changes:{{type:ConfChange{kind} node_id:{step.Replica}}}");
        }

        return text.ToString();
    }

    /// <summary>Reads steps like <c>v1 l2 r3 u4</c>.</summary>
    public static IReadOnlyList<ConfChangeStep> ParseSteps(string text) =>
        [.. text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(static word => new ConfChangeStep(
            word[0] switch
            {
                'v' => ConfChangeKind.AddVoter,
                'l' => ConfChangeKind.AddLearner,
                'r' => ConfChangeKind.Remove,
                'u' => ConfChangeKind.Update,
                _ => throw new FormatException($"Not a step: {word}"),
            },
            ulong.Parse(word.AsSpan(1), CultureInfo.InvariantCulture)))];

    private static string Of(IReadOnlyList<ConfChangeStep> steps) => string.Join(' ', steps.Select(static step => step.Kind switch
    {
        ConfChangeKind.AddVoter => "v",
        ConfChangeKind.AddLearner => "l",
        ConfChangeKind.Remove => "r",
        _ => "u",
    } + step.Replica));

    private static string Target(ulong id) => id switch
    {
        0 => "None",
        RaftMessage.AppendThread => "AppendThread",
        RaftMessage.ApplyThread => "ApplyThread",
        _ => id.ToString("x", CultureInfo.InvariantCulture),
    };

    private static string Quoted(ReadOnlySpan<byte> data) =>
        '"' + Encoding.UTF8.GetString(data).Replace("\"", "\\\"", StringComparison.Ordinal) + '"';

    private static string List(IEnumerable<ulong> ids) => $"[{string.Join(' ', ids)}]";

    private static string Set(IEnumerable<ulong> ids) => $"({string.Join(' ', ids)})";

    private static string Lower(bool value) => value ? "true" : "false";
}
