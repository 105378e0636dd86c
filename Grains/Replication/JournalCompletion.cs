using Bayou.Raft;
using Bayou.Storage;

namespace Bayou.Grains.Replication;

/// <summary>One append of a replica to the journal: what to step once it is durable.</summary>
internal sealed class JournalCompletion : ReplicaTask
{
    public JournalCompletion(Replica replica)
        : base(replica) => Write = new JournalWrite { Group = replica.Group, Completed = OnDurable, State = this };

    public JournalWrite Write { get; }

    public ReadOnlyMemory<Entry> Entries { get; set; }

    /// <summary>A leader's snapshot that the write makes the replica's own.</summary>
    public Snapshot? Snapshot { get; set; }

    public IReadOnlyList<RaftMessage> Responses { get; set; } = [];

    /// <summary>For the next use.</summary>
    public void Clear()
    {
        Write.Clear();
        Entries = default;
        Snapshot = null;
        Responses = [];
    }

    protected override void Run() => Replica.OnDurable(this);

    /// <summary>The store says when its batch is complete, and then the workers run.</summary>
    private void OnDurable(JournalWrite write) => Replica.Enqueue(this);
}
