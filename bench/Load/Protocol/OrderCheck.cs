namespace Bayou.Load.Protocol;

/// <summary>
/// What one subscriber must see: of every publisher the messages 0, 1, 2, ... without a gap, a repetition or a changed byte,
/// ending with the one that is marked as the last.
/// </summary>
public sealed class OrderCheck(int publishers, int size)
{
    private readonly long[] _next = new long[publishers];
    private readonly byte[] _pattern = Payload.Create(size);
    private int _unfinished = publishers;

    /// <summary>True when the last message of every publisher has been seen.</summary>
    public bool IsComplete => _unfinished == 0;

    /// <summary>Messages seen so far.</summary>
    public long Count { get; private set; }

    public void Accept(ReadOnlySpan<byte> payload)
    {
        if (payload.Length != _pattern.Length || !payload[Stamp.Size..].SequenceEqual(_pattern.AsSpan(Stamp.Size)))
            throw new LoadException($"Message {Count} of a subscriber arrived with other bytes than were published.");
        var stamp = Stamp.Read(payload);
        if ((uint)stamp.Publisher >= (uint)_next.Length)
            throw new LoadException($"A message of publisher {stamp.Publisher} arrived, which does not exist in this run.");
        if (stamp.Number != _next[stamp.Publisher])
            throw new LoadException(Describe(stamp));

        _next[stamp.Publisher]++;
        Count++;
        if (stamp.IsLast)
            _unfinished--;
    }

    private string Describe(Stamp stamp)
    {
        long expected = _next[stamp.Publisher];
        string what = stamp.Number < expected ? "a duplicate or a late one" : "lost or overtaken";
        return $"Publisher {stamp.Publisher}: expected message {expected}, got {stamp.Number} ({what}).";
    }
}
