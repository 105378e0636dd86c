using Bayou.Raft;

namespace Bayou.Unit.Raft;

/// <summary>A node whose storage work is done at once, so that a test sees only messages between replicas.</summary>
internal sealed class TestReplica
{
    private readonly Func<RaftOptions, RaftOptions> _configure;

    public TestReplica(ulong id, ConfState members, Func<RaftOptions, RaftOptions>? configure = null, MemoryLog? log = null)
    {
        Id = id;
        _configure = configure ?? (static options => options);
        Log = log ?? new MemoryLog(members);
        ConfState = members;
        Node = Start();
    }

    public ulong Id { get; }

    public MemoryLog Log { get; }

    public RaftNode Node { get; private set; }

    public ConfState ConfState { get; private set; }

    public List<Entry> Applied { get; } = [];

    public List<ReadState> Reads { get; } = [];

    /// <summary>Replica 1 of <paramref name="count"/> voters, plain unless configured otherwise: no pre-vote, no check of the quorum.</summary>
    public static TestReplica Of(int count, Func<RaftOptions, RaftOptions>? configure = null, MemoryLog? log = null) =>
        new(1, Voters(count), configure, log);

    public static ConfState Voters(int count) => ConfState.OfVoters([.. Enumerable.Range(1, count).Select(static i => (ulong)i)]);

    /// <summary>A log with one empty entry for each of the terms.</summary>
    public static MemoryLog LogOf(ConfState members, params ulong[] terms)
    {
        var log = new MemoryLog(members);
        log.Append([.. terms.Select(static (term, i) => new Entry((ulong)i + 1, term, EntryKind.Normal, default))]);
        log.SetHardState(new HardState(terms.Length == 0 ? 0 : terms[^1], 0, 0));
        return log;
    }

    /// <summary>Does all storage work there is; returns the messages to others in order.</summary>
    public List<RaftMessage> Work()
    {
        var outgoing = new List<RaftMessage>();
        while (Node.HasReady)
        {
            var ready = Node.TakeReady();
            Reads.AddRange(ready.ReadStates);
            foreach (var message in ready.Messages.ToArray())
            {
                if (RaftMessage.IsStorageThread(message.To))
                {
                    outgoing.AddRange(DoStorageWork(message));
                }
                else
                {
                    outgoing.Add(message);
                }
            }
        }

        return outgoing;
    }

    /// <summary>Steps a message and does the work that follows.</summary>
    public List<RaftMessage> Receive(RaftMessage message)
    {
        Node.Step(message);
        return Work();
    }

    public List<RaftMessage> Tick(int count)
    {
        for (var i = 0; i < count; i++)
        {
            Node.Tick();
        }

        return Work();
    }

    /// <summary>Makes this replica the leader of its next term with the votes of the given replicas.</summary>
    public void Lead(params ulong[] voters)
    {
        Node.Campaign();
        Work();
        foreach (var voter in voters)
        {
            Node.Step(new RaftMessage { Kind = MessageKind.VoteResponse, From = voter, To = Id, Term = Node.Term });
        }

        Xunit.Assert.Equal(RaftRole.Leader, Node.Role);
    }

    public void Restart()
    {
        Applied.Clear();
        Node = Start();
    }

    private RaftNode Start() => new(
        _configure(new RaftOptions
        {
            Id = Id,
            PreVote = false,
            CheckQuorum = false,
            ForwardProposals = true,
            Random = new Random((int)Id),
        }),
        Log);

    private List<RaftMessage> DoStorageWork(in RaftMessage work)
    {
        if (work.Kind == MessageKind.StorageApply)
        {
            Apply(work.Entries);
        }
        else
        {
            Write(work);
        }

        var outgoing = new List<RaftMessage>();
        foreach (var response in work.Responses)
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

    private void Write(in RaftMessage work)
    {
        if (work.HardState is { } state)
        {
            Log.SetHardState(state);
        }

        if (work.Snapshot is { } snapshot)
        {
            Log.ApplySnapshot(snapshot);
            ConfState = snapshot.ConfState;
        }

        Log.Append(work.Entries.Span);
    }

    private void Apply(ReadOnlyMemory<Entry> entries)
    {
        foreach (var entry in entries.ToArray())
        {
            Applied.Add(entry);
            if (entry.IsConfChange)
            {
                ConfState = Node.ApplyConfChange(entry);
            }
        }
    }
}
