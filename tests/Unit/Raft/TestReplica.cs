using Bayou.Raft;
using Xunit;

namespace Bayou.Unit.Raft;

/// <summary>
/// A node whose storage work is done at once, so that a test sees only messages between replicas. It sleeps when its leader says so, and
/// whoever asks for the node wakes it.
/// </summary>
internal sealed class TestReplica
{
    private readonly Func<RaftOptions, RaftOptions> _configure;
    private RaftNode? _node;
    private HibernatedNode _asleep;

    public TestReplica(ulong id, ConfState members, Func<RaftOptions, RaftOptions>? configure = null, MemoryLog? log = null)
    {
        Id = id;
        _configure = configure ?? (static options => options);
        Log = log ?? new MemoryLog(members);
        ConfState = members;
        Restart();
    }

    public ulong Id { get; }

    public MemoryLog Log { get; private set; }

    public RaftNode Node => _node ??= RaftNode.Wake(_asleep, Options, Log);

    public bool IsAsleep => _node is null;

    public bool HasWork => _node is { HasReady: true };

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
        var isTold = false;
        while (HasWork)
        {
            var ready = Node.TakeReady();
            Reads.AddRange(ready.ReadStates);
            isTold |= ready.SoftState is { IsQuiesced: true };
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

        if (isTold)
        {
            Assert.Empty(Sleep());
        }

        return outgoing;
    }

    /// <summary>Goes to sleep, which it must be able to; returns what it tells the others.</summary>
    public List<RaftMessage> Sleep()
    {
        Assert.True(Node.TryHibernate(out _asleep));
        var farewell = Node.HasReady ? Node.TakeReady().Messages.ToArray() : [];
        _node = null;
        return [.. farewell];
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

        Assert.Equal(RaftRole.Leader, Node.Role);
    }

    public void Restart(VoteRestriction restriction = default)
    {
        Applied.Clear();
        _node = new RaftNode(Options with { VoteRestriction = restriction }, Log);
    }

    /// <summary>A crash after which the log ends at <paramref name="last"/>, and with it perhaps the hard state.</summary>
    public void Damage(ulong last, VoteRestriction restriction, HardState? hardState = null)
    {
        var damaged = new MemoryLog(Log.InitialState.ConfState);
        damaged.SetHardState(hardState ?? Log.InitialState.HardState);
        Assert.True(Log.TryGetEntries(1, last + 1, ulong.MaxValue, out var entries));
        damaged.Append(entries.Span);
        Log = damaged;
        Restart(restriction);
    }

    private RaftOptions Options => _configure(new RaftOptions
    {
        Id = Id,
        PreVote = false,
        CheckQuorum = false,
        ForwardProposals = true,
        Random = new Random((int)Id),
    });

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
