namespace Bayou.Raft;

/// <summary>
/// A message between replicas, or between a replica and its own storage threads. Which fields count depends on
/// <see cref="Kind"/>; the others are zero. Entries are slices that never change, so a message may be kept or sent later.
/// </summary>
public readonly record struct RaftMessage
{
    /// <summary>Destination of messages to the local append thread.</summary>
    public const ulong AppendThread = ulong.MaxValue;

    /// <summary>Destination of messages to the local apply thread.</summary>
    public const ulong ApplyThread = ulong.MaxValue - 1;

    private static readonly RaftMessage[] NoResponses = [];
    private readonly IReadOnlyList<RaftMessage>? _responses;

    /// <summary>What the message says.</summary>
    public required MessageKind Kind { get; init; }

    /// <summary>The sender; 0 stands for the replica itself.</summary>
    public ulong From { get; init; }

    /// <summary>The receiver: a replica, <see cref="AppendThread"/> or <see cref="ApplyThread"/>.</summary>
    public ulong To { get; init; }

    /// <summary>The sender's term; 0 for local and forwarded messages. Of a pre-vote, the term after it.</summary>
    public ulong Term { get; init; }

    /// <summary>The term of the entry at <see cref="Index"/>; of a rejected append, the term at <see cref="RejectHint"/>.</summary>
    public ulong LogTerm { get; init; }

    /// <summary>The entry that the message refers to.</summary>
    public ulong Index { get; init; }

    /// <summary>
    /// The sender's commit index, or the one to store. In a refused vote of a replica that votes no more, what it knows to be committed,
    /// with <see cref="LogTerm"/> the term of that entry.
    /// </summary>
    public ulong Commit { get; init; }

    /// <summary>The vote to store; only in <see cref="MessageKind.StorageAppend"/>.</summary>
    public ulong Vote { get; init; }

    /// <summary>Where the rejecting log may match; only in a rejected <see cref="MessageKind.AppendResponse"/>.</summary>
    public ulong RejectHint { get; init; }

    /// <summary>
    /// Of reads: the caller's number of the request. Of heartbeats and their answers: how many reads of this term the round confirms.
    /// Of <see cref="MessageKind.TransferLeader"/>: the successor.
    /// </summary>
    public ulong Context { get; init; }

    /// <summary>Whether a response says no.</summary>
    public bool IsRejected { get; init; }

    /// <summary>
    /// Whether the log of the replica that rejects has lost entries, so that what it acknowledged before no longer holds; only in a rejected
    /// <see cref="MessageKind.AppendResponse"/>.
    /// </summary>
    public bool IsDamaged { get; init; }

    /// <summary>Whether a vote is asked for on behalf of the leader that hands over, and so overrides its lease.</summary>
    public bool IsTransfer { get; init; }

    /// <summary>The entries to append or to apply.</summary>
    public ReadOnlyMemory<Entry> Entries { get; init; }

    /// <summary>The snapshot to install.</summary>
    public Snapshot? Snapshot { get; init; }

    /// <summary>What to deliver once the work is durable: to this replica's own Step if addressed to it, else to the peer link.</summary>
    public IReadOnlyList<RaftMessage> Responses
    {
        get => _responses ?? NoResponses;
        init => _responses = value;
    }

    /// <summary>The hard state to write, if the message carries one; only in <see cref="MessageKind.StorageAppend"/>.</summary>
    public HardState? HardState => Kind == MessageKind.StorageAppend && Term != 0 ? new HardState(Term, Vote, Commit) : null;

    /// <summary>Whether <paramref name="target"/> is a thread of the replica itself rather than a replica.</summary>
    public static bool IsStorageThread(ulong target) => target is AppendThread or ApplyThread;
}
