using Bayou.Raft;

namespace Bayou.Micro;

/// <summary>A replica whose storage is memory and whose links are queues: what is left to measure is the consensus core.</summary>
internal sealed class MemoryReplica
{
    private readonly RaftOptions _options;
    private readonly MemoryReplica[] _group;

    public MemoryReplica(RaftOptions options, ConfState members, MemoryReplica[] group)
    {
        _options = options;
        _group = group;
        Log = new MemoryLog(members);
        Node = new RaftNode(options, Log);
    }

    public RaftNode Node { get; set; }

    public MemoryLog Log { get; }

    /// <summary>A group of so many voters led by the first.</summary>
    public static MemoryReplica[] NewGroup(int size, MembershipPool? memberships = null)
    {
        var members = ConfState.OfVoters([.. Enumerable.Range(1, size).Select(i => (ulong)i)]);
        var group = new MemoryReplica[size];
        for (int i = 0; i < size; i++)
            group[i] = new MemoryReplica(new RaftOptions { Id = (ulong)i + 1, Random = new Random(i), Memberships = memberships }, members, group);
        group[0].Node.Campaign();
        Settle(group);
        if (group[0].Node.Role != RaftRole.Leader)
            throw new InvalidOperationException("The first replica does not lead.");
        return group;
    }

    /// <summary>Works until nobody has anything to do.</summary>
    public static void Settle(MemoryReplica[] group)
    {
        bool isBusy;
        do
        {
            isBusy = false;
            foreach (var replica in group)
            {
                while (replica.Node.HasReady)
                {
                    isBusy = true;
                    replica.Handle(replica.Node.TakeReady());
                }
            }
        }
        while (isBusy);
    }

    /// <summary>Drops what is applied, as a replica does whose entries went into segments.</summary>
    public void Compact() => Log.Compact(Node.AppliedIndex);

    /// <summary>Puts the node to sleep, without telling the others.</summary>
    public HibernatedNode Sleep()
    {
        if (!Node.TryHibernate(out var state))
            throw new InvalidOperationException("The node has something to do.");
        Node.TakeReady();
        return state;
    }

    public void Wake(in HibernatedNode state) => Node = RaftNode.Wake(state, _options, Log);

    private void Handle(in Ready ready)
    {
        foreach (ref readonly var message in ready.Messages)
        {
            if (message.To == RaftMessage.AppendThread)
                Write(message);
            else if (message.To != RaftMessage.ApplyThread)
                _group[message.To - 1].Node.Step(message);

            // Of entries that are applied nothing is measured but that they are handed out.
            Deliver(message.Responses);
        }
    }

    private void Write(in RaftMessage work)
    {
        if (work.HardState is { } state)
            Log.SetHardState(state);
        Log.Append(work.Entries.Span);
    }

    private void Deliver(IReadOnlyList<RaftMessage> responses)
    {
        for (int i = 0; i < responses.Count; i++)
            _group[responses[i].To - 1].Node.Step(responses[i]);
    }
}
