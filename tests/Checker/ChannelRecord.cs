using System.Runtime.InteropServices;

namespace Bayou.Checker;

/// <summary>What a history has shown of one channel.</summary>
internal sealed class ChannelRecord(int number)
{
    /// <summary>Sequences beyond what was published by this much cannot be meant.</summary>
    private const ulong SequenceSlack = 1000;

    private readonly ChunkedList<Value> _values = new();
    private readonly List<CompleteReplay> _replays = [];

    public int Number => number;

    public ulong PublishedCount { get; set; }

    /// <summary>The highest sequence that anybody has seen or was told.</summary>
    public ulong HighestSequence { get; private set; }

    /// <summary>Messages before this one may be gone.</summary>
    public ulong TrimmedTo { get; set; } = 1;

    /// <summary>Messages before this one are not to be had any more; a subscription that was late goes without them.</summary>
    public ulong DroppedTo { get; set; } = 1;

    /// <summary>Where a subscription that has had everything before <paramref name="next"/> goes on.</summary>
    public ulong NextFrom(ulong next) => Math.Max(next, Math.Max(TrimmedTo, DroppedTo));

    /// <summary>The newest messages that retention always leaves; all, unless limits were declared.</summary>
    public ulong KeptCount { get; set; } = ulong.MaxValue;

    /// <summary>The last complete replay of each node.</summary>
    public ReadOnlySpan<CompleteReplay> Replays => CollectionsMarshal.AsSpan(_replays);

    public bool IsPlausible(ulong sequence) => sequence > 0 && sequence <= (PublishedCount * 2) + SequenceSlack;

    /// <summary>What was first seen at a sequence; default if nothing was.</summary>
    public Value At(ulong sequence) => sequence < (ulong)_values.Count ? _values[(long)sequence] : default;

    public void Set(ulong sequence, Value value)
    {
        _values[(long)sequence] = value;
        HighestSequence = Math.Max(HighestSequence, sequence);
    }

    public void Add(CompleteReplay replay)
    {
        _replays.RemoveAll(earlier => earlier.Node == replay.Node);
        _replays.Add(replay);
    }

    /// <summary>A replay that claimed to show everything; an empty one has First = Last + 1.</summary>
    internal readonly record struct CompleteReplay(int Node, ulong First, ulong Last, uint StartedAt);
}
