using Bayou.Raft;
using Xunit;

namespace Bayou.Unit.Raft;

/// <summary>
/// One replica of a simulated run. Its disk is a MemoryLog that only finished writes reach; writes wait in a queue, and a crash
/// drops the queue. Its state machine is the list of applied entries, which like a real one lags behind the log and survives a crash only
/// as the last snapshot. It may sleep when its node allows it, and whoever asks for the node wakes it.
/// </summary>
internal sealed class ChaosReplica
{
    private readonly ConfState _bootstrap;
    private readonly Func<ulong, RaftOptions> _options;
    private readonly Queue<(RaftMessage Work, VoteRestriction? Restriction)> _appends = new();
    private readonly Queue<RaftMessage> _applies = new();
    private VoteRestriction _storedRestriction;
    private RaftNode? _node;
    private HibernatedNode _asleep;

    public ChaosReplica(ulong id, ConfState bootstrap, Func<ulong, RaftOptions> options)
    {
        Id = id;
        _bootstrap = bootstrap;
        _options = options;
        Disk = new MemoryLog(bootstrap);
        ConfState = bootstrap;
        _node = new RaftNode(options(id), Disk);
    }

    public ulong Id { get; }

    public MemoryLog Disk { get; private set; }

    public RaftNode Node => _node ??= RaftNode.Wake(_asleep, _options(Id), Disk);

    public bool IsAwake => _node is not null;

    public ConfState ConfState { get; private set; }

    public ulong AppliedIndex { get; private set; }

    public bool HasWrites => _appends.Count > 0;

    public bool HasApplies => _applies.Count > 0;

    public bool HasReady => _node is { HasReady: true };

    /// <summary>Takes what the node wants done; messages to others are returned, storage work is queued.</summary>
    public IReadOnlyList<RaftMessage> TakeMessages(Action<ReadState> onRead)
    {
        var ready = Node.TakeReady();
        foreach (var read in ready.ReadStates)
        {
            onRead(read);
        }

        if (ready is { VoteRestriction: { } restriction, HardState: null })
        {
            _storedRestriction = restriction;
        }

        var outgoing = new List<RaftMessage>();
        foreach (var message in ready.Messages)
        {
            switch (message.To)
            {
                case RaftMessage.AppendThread:
                    _appends.Enqueue((message, ready.VoteRestriction));
                    break;
                case RaftMessage.ApplyThread:
                    _applies.Enqueue(message);
                    break;
                default:
                    outgoing.Add(message);
                    break;
            }
        }

        return outgoing;
    }

    /// <summary>Finishes the oldest write; returns what may be sent now.</summary>
    public IReadOnlyList<RaftMessage> FinishWrite()
    {
        var (work, restriction) = _appends.Dequeue();
        if (work.HardState is { } state)
        {
            Disk.SetHardState(state);
            _storedRestriction = restriction ?? _storedRestriction;
        }

        if (work.Snapshot is { } snapshot)
        {
            Disk.ApplySnapshot(snapshot);
            ConfState = snapshot.ConfState;
            AppliedIndex = snapshot.Index;
        }

        Disk.Append(work.Entries.Span);
        return Deliver(work.Responses);
    }

    /// <summary>Applies the oldest batch of committed entries.</summary>
    public void Apply(Action<Entry> onApplied)
    {
        var work = _applies.Dequeue();
        foreach (var entry in work.Entries.ToArray())
        {
            if (entry.Index <= AppliedIndex)
            {
                continue;
            }

            onApplied(entry);
            AppliedIndex = entry.Index;
            if (entry.IsConfChange)
            {
                ConfState = Node.ApplyConfChange(entry);
            }
        }

        Deliver(work.Responses);
    }

    /// <summary>Takes a snapshot of what is applied and drops the entries before it.</summary>
    public void Compact()
    {
        // While a received snapshot is being written, the members are already those of that snapshot.
        if (Node.Log.Tail.Snapshot is not null)
        {
            return;
        }

        if (AppliedIndex > (Disk.Snapshot?.Index ?? 0) && AppliedIndex <= Disk.LastIndex && AppliedIndex >= Disk.FirstIndex)
        {
            Disk.CreateSnapshot(AppliedIndex, ConfState, default);
            Disk.Compact(AppliedIndex);
        }
    }

    /// <summary>Goes to sleep if it may; returns what it tells the others.</summary>
    public bool TrySleep(out IReadOnlyList<RaftMessage> farewell)
    {
        farewell = [];
        if (_node is null || HasWrites || HasApplies || !_node.TryHibernate(out _asleep))
        {
            return false;
        }

        farewell = _node.HasReady ? TakeMessages(static _ => Assert.Fail("A sleeper answers no reads.")) : [];
        Assert.False(HasWrites || HasApplies);
        _node = null;
        return true;
    }

    /// <summary>Loses everything that was not written, and starts again from the disk.</summary>
    public void Crash()
    {
        _appends.Clear();
        _applies.Clear();
        AppliedIndex = Disk.Snapshot?.Index ?? 0;
        ConfState = Disk.Snapshot?.ConfState ?? _bootstrap;
        _node = new RaftNode(_options(Id) with { Applied = AppliedIndex, VoteRestriction = _storedRestriction }, Disk);
    }

    /// <summary>
    /// A crash that also costs the entries after <paramref name="last"/>, which were durable, and perhaps term and vote.
    /// </summary>
    public void Rot(ulong last, bool losesHardState, bool isRestricted)
    {
        Assert.True(Disk.TryGetTerm(Disk.LastIndex, out var lastTerm));
        var damage = losesHardState ? VoteRestriction.NoVote
            : last < Disk.LastIndex ? new VoteRestriction(lastTerm, Disk.LastIndex)
            : VoteRestriction.None;
        _storedRestriction = isRestricted ? VoteRestriction.Max(_storedRestriction, damage) : VoteRestriction.None;

        var (term, vote, commit) = losesHardState ? default : Disk.InitialState.HardState;
        var rest = new MemoryLog(_bootstrap);
        if (Disk.Snapshot is { } snapshot)
        {
            rest.ApplySnapshot(snapshot);
        }

        Assert.True(Disk.TryGetEntries(Disk.FirstIndex, last + 1, ulong.MaxValue, out var entries));
        rest.Append(entries.Span);
        rest.SetHardState(new HardState(term, vote, Math.Min(commit, last)));
        Disk = rest;
        Crash();
    }

    private List<RaftMessage> Deliver(IReadOnlyList<RaftMessage> responses)
    {
        var outgoing = new List<RaftMessage>();
        foreach (var response in responses)
        {
            if (response.To == Id)
            {
                Node.Step(response);
            }
            else
            {
                outgoing.Add(response);
            }
        }

        return outgoing;
    }
}
