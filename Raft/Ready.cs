using System.Runtime.InteropServices;

namespace Bayou.Raft;

/// <summary>
/// Everything a replica wants done since the last one. The order in which it must be done:
/// <list type="number">
/// <item>With <see cref="RaftOptions.AsyncStorageWrites"/>: send <see cref="Messages"/> at once. Among them, the one to
/// <see cref="RaftMessage.AppendThread"/> says what to write and the one to <see cref="RaftMessage.ApplyThread"/> what to apply, each in
/// order with its like; their responses are delivered only when that is done.</item>
/// <item>Without it: write <see cref="Snapshot"/>, <see cref="Entries"/> and <see cref="HardState"/>, sync if <see cref="MustSync"/>,
/// then send <see cref="Messages"/>, apply <see cref="CommittedEntries"/> and call <see cref="RaftNode.Advance"/>.</item>
/// </list>
/// The lists of messages and read states are reused: they are valid until the next call of <see cref="RaftNode.TakeReady"/>.
/// Slices of entries are valid for good.
/// </summary>
public readonly struct Ready
{
    private readonly List<RaftMessage>? _messages;
    private readonly List<ReadState>? _readStates;

    internal Ready(List<RaftMessage> messages, List<ReadState> readStates)
    {
        _messages = messages;
        _readStates = readStates;
    }

    /// <summary>Leader and role, if one of them changed.</summary>
    public SoftState? SoftState { get; internal init; }

    /// <summary>The hard state to write, if it changed.</summary>
    public HardState? HardState { get; internal init; }

    /// <summary>
    /// The restriction to keep on disk from now on, if it changed. It must not be written before <see cref="HardState"/>; written later, or
    /// lost, it only restricts for longer.
    /// </summary>
    public VoteRestriction? VoteRestriction { get; internal init; }

    /// <summary>The entries to write. They replace stored entries of the same or a higher index.</summary>
    public ReadOnlyMemory<Entry> Entries { get; internal init; }

    /// <summary>The snapshot to install, if there is one; it replaces the whole log.</summary>
    public Snapshot? Snapshot { get; internal init; }

    /// <summary>The entries to apply, in order and without gaps.</summary>
    public ReadOnlyMemory<Entry> CommittedEntries { get; internal init; }

    /// <summary>What to send.</summary>
    public ReadOnlySpan<RaftMessage> Messages => CollectionsMarshal.AsSpan(_messages);

    /// <summary>Reads that may be answered once their index is applied.</summary>
    public ReadOnlySpan<ReadState> ReadStates => CollectionsMarshal.AsSpan(_readStates);

    /// <summary>
    /// Whether what is written must be on the disk before it counts: if there are entries, or the term or the vote changed.
    /// A commit index alone may be lost.
    /// </summary>
    public bool MustSync { get; internal init; }
}
