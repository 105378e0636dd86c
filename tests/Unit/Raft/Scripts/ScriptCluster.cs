using Bayou.Raft;
using Bayou.Raft.Membership;
using static Bayou.Unit.Raft.Scripts.ScriptText;

namespace Bayou.Unit.Raft.Scripts;

/// <summary>A few nodes, the messages between them, and the commands that move them.</summary>
internal sealed class ScriptCluster
{
    private const int ElectionTicks = 3;
    private const int HeartbeatTicks = 1;

    private readonly List<ScriptNode> _nodes = [];
    private readonly Transcript _transcript = new();
    private List<RaftMessage> _messages = [];

    public string Execute(ScriptCommand command)
    {
        _transcript.Take();
        Dispatch(command);
        var output = _transcript.Take();
        return output.Length == 0 ? "ok" : output;
    }

    private void Dispatch(ScriptCommand command)
    {
        switch (command.Name)
        {
            case "add-nodes":
                AddNodes(command);
                break;
            case "campaign":
                Target(command).Node.Campaign();
                break;
            case "compact":
                Target(command).Stored.Compact(command.Numbers.Last());
                PrintLog(Target(command));
                break;
            case "deliver-msgs":
                Deliver(command);
                break;
            case "process-ready":
                ForEach(command, "handling Ready", ProcessReady);
                break;
            case "process-append-thread":
                ForEach(command, "processing append thread", ProcessAppendThread);
                break;
            case "process-apply-thread":
                ForEach(command, "processing apply thread", ProcessApplyThread);
                break;
            case "log-level":
                _transcript.Level = Enum.Parse<TranscriptLevel>(command.Arguments[0].Key, ignoreCase: true);
                break;
            case "raft-log":
                PrintLog(Target(command));
                break;
            case "raft-state":
                PrintStates();
                break;
            case "set-randomized-election-timeout":
                Target(command).Node.ElectionTimeout = int.Parse(command.Find("timeout")!);
                break;
            case "stabilize":
                Stabilize(command);
                break;
            case "status":
                _transcript.Write(Of(Target(command).Node.Members));
                break;
            case "tick-election":
                Tick(command, ElectionTicks);
                break;
            case "tick-heartbeat":
                Tick(command, HeartbeatTicks);
                break;
            case "transfer-leadership":
                NodeOf(ulong.Parse(command.Find("from")!)).Node.TransferLeadership(ulong.Parse(command.Find("to")!));
                break;
            case "forget-leader":
                Target(command).Node.ForgetLeader();
                break;
            case "send-snapshot":
                SendSnapshot(command.Numbers.First(), command.Numbers.Last());
                break;
            case "propose":
                PrintOutcome(Target(command).Node.Propose(DataOf(command)));
                break;
            case "propose-conf-change":
                ProposeConfChange(command);
                break;
            case "report-unreachable":
                Target(command).Node.ReportUnreachable(command.Numbers.Last());
                break;
            default:
                throw new FormatException($"Unknown command {command.Name}.");
        }
    }

    private static byte[] DataOf(ScriptCommand command) => System.Text.Encoding.UTF8.GetBytes(command.Arguments[1].Key);

    private ScriptNode NodeOf(ulong id) => _nodes[(int)id - 1];

    private ScriptNode Target(ScriptCommand command) => NodeOf(command.Number);

    private void Tick(ScriptCommand command, int ticks)
    {
        for (var i = 0; i < ticks; i++)
        {
            Target(command).Node.Tick();
        }
    }

    private void AddNodes(ScriptCommand command)
    {
        var index = ulong.Parse(command.Find("index") ?? "0");
        var confState = new ConfState
        {
            Voters = [.. command.All("voters").Select(ulong.Parse)],
            Learners = [.. command.All("learners").Select(ulong.Parse)],
        };
        for (var i = 0ul; i < command.Number; i++)
        {
            var options = new RaftOptions
            {
                Id = (ulong)_nodes.Count + 1,
                ElectionTicks = ElectionTicks,
                HeartbeatTicks = HeartbeatTicks,
                MaxEntriesBytesPerMessage = ulong.MaxValue,
                MaxInflightMessages = int.Parse(command.Find("inflight") ?? $"{int.MaxValue}"),
                MaxApplyingBytes = ulong.Parse(command.Find("max-committed-size-per-ready") ?? "0"),
                AsyncStorageWrites = command.IsSet("async-storage-writes"),
                PreVote = command.IsSet("prevote"),
                CheckQuorum = command.IsSet("checkquorum"),
                StepDownOnRemoval = command.IsSet("step-down-on-removal"),
                SkipConfChangeValidation = command.IsSet("disable-conf-change-validation"),
                ReadOnlyOption = command.Find("read-only") == "lease-based" ? ReadOnlyOption.LeaseBased : ReadOnlyOption.Safe,
                ForwardProposals = true,
                Applied = index,
                Random = new Random(_nodes.Count),
                Observer = new TranscriptObserver(_transcript),
            };
            var added = new ScriptNode(options, index == 0 ? null : new Snapshot(index, 1, confState, default));
            _nodes.Add(added);
            var node = added.Node;
            var voters = node.ConfState.Voters.Union(node.ConfState.VotersOutgoing).Order();
            _transcript.Log(TranscriptLevel.Info, $"newRaft {node.Id} [peers: [{string.Join(',', voters)}], term: {node.Term}, "
                + $"commit: {node.CommitIndex}, applied: {node.AppliedIndex}, lastindex: {node.LastIndex}, lastterm: {node.LastTerm}]");
        }
    }

    private void ForEach(ScriptCommand command, string what, Action<ScriptNode> step)
    {
        var nodes = command.Numbers.Select(NodeOf).ToList();
        if (nodes.Count == 1)
        {
            step(nodes[0]);
            return;
        }

        foreach (var node in nodes)
        {
            Headed(node, what, () => step(node));
        }
    }

    private void Headed(ScriptNode node, string what, Action step)
    {
        _transcript.WriteLine($"> {node.Node.Id} {what}");
        _transcript.Indented(step);
    }

    private void ProcessReady(ScriptNode node)
    {
        var ready = node.Node.TakeReady();
        _transcript.Write(Of(ready));
        if (!node.IsAsync)
        {
            node.Append(ready.HardState, ready.Entries, ready.Snapshot);
            node.Apply(ready.CommittedEntries);
        }

        foreach (var message in ready.Messages.ToArray())
        {
            switch (message.To)
            {
                case RaftMessage.AppendThread:
                    node.AppendWork.Enqueue(message);
                    break;
                case RaftMessage.ApplyThread:
                    node.ApplyWork.Enqueue(message);
                    break;
                default:
                    _messages.Add(message);
                    break;
            }
        }

        if (!node.IsAsync)
        {
            node.Node.Advance(ready);
        }
    }

    private void ProcessAppendThread(ScriptNode node)
    {
        if (!node.AppendWork.TryDequeue(out var work))
        {
            _transcript.Write("no append work to perform");
            return;
        }

        PrintWork(work);
        node.Append(work.HardState, work.Entries, work.Snapshot);
        Respond(work);
    }

    private void ProcessApplyThread(ScriptNode node)
    {
        if (!node.ApplyWork.TryDequeue(out var work))
        {
            _transcript.Write("no apply work to perform");
            return;
        }

        PrintWork(work);
        node.Apply(work.Entries);
        Respond(work);
    }

    private void PrintWork(in RaftMessage work)
    {
        _transcript.WriteLine("Processing:");
        _transcript.WriteLine(Of(work, withResponses: false));
    }

    private void Respond(in RaftMessage work)
    {
        _transcript.WriteLine("Responses:");
        foreach (var response in work.Responses)
        {
            _transcript.WriteLine(Of(response));
            _messages.Add(response);
        }
    }

    private void Deliver(ScriptCommand command)
    {
        var kind = command.Find("type");
        var count = 0;
        foreach (var argument in command.Arguments)
        {
            if (argument.Values.Count == 0)
            {
                count += DeliverTo(ulong.Parse(argument.Key), kind, isDropped: false);
            }
            else if (argument.Key == "drop")
            {
                count += argument.Values.Sum(id => DeliverTo(ulong.Parse(id), kind, isDropped: true));
            }
        }

        if (count == 0)
        {
            _transcript.WriteLine("no messages");
        }
    }

    private int DeliverTo(ulong id, string? kind, bool isDropped)
    {
        var chosen = _messages.Where(m => IsChosen(m, id, kind, isDropped)).ToList();
        _messages = [.. _messages.Where(m => !IsChosen(m, id, kind, isDropped))];
        foreach (var message in chosen)
        {
            _transcript.WriteLine((isDropped ? "dropped: " : string.Empty) + Of(message));
            if (!isDropped)
            {
                NodeOf(id).Node.Step(message);
            }
        }

        return chosen.Count;
    }

    /// <summary>A node's messages to itself and its storage's responses cannot be lost.</summary>
    private static bool IsChosen(in RaftMessage message, ulong id, string? kind, bool isDropped) =>
        message.To == id
        && !(isDropped && (message.From == message.To || RaftMessage.IsStorageThread(message.From)))
        && (kind is null || Name(message.Kind) == kind);

    private void Stabilize(ScriptCommand command)
    {
        var level = _transcript.Level;
        if (command.Find("log-level") is { } name)
        {
            _transcript.Level = Enum.Parse<TranscriptLevel>(name, ignoreCase: true);
        }

        var nodes = command.Numbers.Any() ? [.. command.Numbers.Select(NodeOf)] : _nodes.ToList();
        while (StabilizeOnce(nodes))
        {
        }

        _transcript.Level = level;
    }

    private bool StabilizeOnce(List<ScriptNode> nodes)
    {
        var isBusy = false;
        Round(n => n.Node.HasReady, "handling Ready", ProcessReady);
        Round(n => _messages.Exists(m => m.To == n.Node.Id), "receiving messages", n => DeliverTo(n.Node.Id, kind: null, isDropped: false));
        Round(n => n.AppendWork.Count > 0, "processing append thread", n => Drain(n.AppendWork, () => ProcessAppendThread(n)));
        Round(n => n.ApplyWork.Count > 0, "processing apply thread", n => Drain(n.ApplyWork, () => ProcessApplyThread(n)));
        return isBusy;

        void Round(Func<ScriptNode, bool> isDue, string what, Action<ScriptNode> step)
        {
            foreach (var node in nodes)
            {
                if (isDue(node))
                {
                    Headed(node, what, () => step(node));
                    isBusy = true;
                }
            }
        }

        static void Drain(Queue<RaftMessage> work, Action step)
        {
            while (work.Count > 0)
            {
                step();
            }
        }
    }

    private void SendSnapshot(ulong from, ulong to)
    {
        var sender = NodeOf(from);
        var message = new RaftMessage
        {
            Kind = MessageKind.Snapshot,
            From = from,
            To = to,
            Term = sender.Node.Term,
            Snapshot = sender.Snapshot,
        };
        _messages.Add(message);
        _transcript.Write(Of(message));
    }

    private void ProposeConfChange(ScriptCommand command)
    {
        var transition = command.Find("transition") switch
        {
            "implicit" => ConfChangeTransition.JointImplicit,
            "explicit" => ConfChangeTransition.JointExplicit,
            _ => ConfChangeTransition.Auto,
        };
        var change = new ConfChange { Transition = transition, Steps = ParseSteps(command.Input) };
        PrintOutcome(Target(command).Node.ProposeConfChange(change, command.IsSet("v1") ? EntryKind.ConfChange : EntryKind.ConfChangeV2));
    }

    private void PrintOutcome(ProposeResult result)
    {
        if (result.Outcome is not (ProposeOutcome.Accepted or ProposeOutcome.Forwarded or ProposeOutcome.ConfChangeRefused))
        {
            _transcript.Write("raft proposal dropped");
        }
    }

    private void PrintLog(ScriptNode node)
    {
        var (first, last) = (node.FirstIndex, node.LastIndex);
        if (last < first)
        {
            _transcript.Write($"log is empty: first index={first}, last index={last}");
            return;
        }

        node.TryGetEntries(first, last + 1, ulong.MaxValue, out var entries);
        _transcript.Write(Of(entries.Span));
    }

    private void PrintStates()
    {
        foreach (var node in _nodes.Select(n => n.Node))
        {
            var isVoter = node.ConfState.Voters.Contains(node.Id) || node.ConfState.VotersOutgoing.Contains(node.Id);
            _transcript.WriteLine($"{node.Id}: {Name(node.Role)} {(isVoter ? "(Voter)" : "(Non-Voter)")} Term:{node.Term} Lead:{node.Leader}");
        }
    }
}
