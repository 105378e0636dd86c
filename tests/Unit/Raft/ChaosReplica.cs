using Bayou.Raft;

namespace Bayou.Unit.Raft;

/// <summary>
/// One replica of a simulated run. Its disk is a MemoryLog that only finished writes reach; writes wait in a queue, and a crash
/// drops the queue. Its state machine is the list of applied entries, which like a real one lags behind the log and survives a crash only
/// as the last snapshot.
/// </summary>
internal sealed class ChaosReplica
{
    private readonly Func<ulong, MemoryLog, ulong, RaftNode> _start;
    private readonly Queue<RaftMessage> _appends = new();
    private readonly Queue<RaftMessage> _applies = new();

    public ChaosReplica(ulong id, ConfState bootstrap, Func<ulong, MemoryLog, ulong, RaftNode> start)
    {
        Id = id;
        _start = start;
        Disk = new MemoryLog(bootstrap);
        ConfState = bootstrap;
        Node = start(id, Disk, 0);
    }

    public ulong Id { get; }

    public MemoryLog Disk { get; }

    public RaftNode Node { get; private set; }

    public ConfState ConfState { get; private set; }

    public ulong AppliedIndex { get; private set; }

    public bool HasWrites => _appends.Count > 0;

    public bool HasApplies => _applies.Count > 0;

    /// <summary>Takes what the node wants done; messages to others are returned, storage work is queued.</summary>
    public IReadOnlyList<RaftMessage> TakeMessages(Action<ReadState> onRead)
    {
        var ready = Node.TakeReady();
        foreach (var read in ready.ReadStates)
        {
            onRead(read);
        }

        var outgoing = new List<RaftMessage>();
        foreach (var message in ready.Messages)
        {
            switch (message.To)
            {
                case RaftMessage.AppendThread:
                    _appends.Enqueue(message);
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
        var work = _appends.Dequeue();
        if (work.HardState is { } state)
        {
            Disk.SetHardState(state);
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

    /// <summary>Loses everything that was not written, and starts again from the disk.</summary>
    public void Crash(ConfState bootstrap)
    {
        _appends.Clear();
        _applies.Clear();
        AppliedIndex = Disk.Snapshot?.Index ?? 0;
        ConfState = Disk.Snapshot?.ConfState ?? bootstrap;
        Node = _start(Id, Disk, AppliedIndex);
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
