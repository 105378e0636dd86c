using Bayou.Raft;
using Bayou.Storage;

namespace Bayou.Grains.Replication;

/// <summary>One append of a replica to the journal: what to step once it, and what was appended before, is durable.</summary>
internal sealed class JournalCompletion : ReplicaTask
{
    public JournalCompletion(Replica replica)
        : base(replica) => Write = new JournalWrite { Group = replica.Group, Completed = OnDurable, State = this };

    public JournalWrite Write { get; }

    public ReadOnlyMemory<Entry> Entries { get; set; }

    /// <summary>A leader's snapshot that the write makes the replica's own.</summary>
    public Snapshot? Snapshot { get; set; }

    /// <summary>What holds of term, vote and commit index then; null if nothing of it changes.</summary>
    public HardState? HardState { get; set; }

    /// <summary>Whether there is anything to write that must not be lost.</summary>
    public bool NeedsDisk { get; set; }

    public IReadOnlyList<RaftMessage> Responses { get; set; } = [];

    /// <summary>What holds for the replica's vote once the write is durable; null if that does not change.</summary>
    public VoteRestriction? Restriction { get; set; }

    /// <summary>For the next use.</summary>
    public void Clear()
    {
        Write.Clear();
        Entries = default;
        Snapshot = null;
        HardState = null;
        NeedsDisk = false;
        Responses = [];
        Restriction = null;
    }

    protected override void Run() => Replica.OnDurable(this);

    /// <summary>The store says when its batch is complete, and then the workers run.</summary>
    private void OnDurable(JournalWrite write) => Replica.Enqueue(this);
}
