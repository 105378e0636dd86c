using System.IO.Hashing;

namespace Bayou.Storage.Segments;

/// <summary>
/// Walks the frames of one segment, a piece at a time: checks each and that it follows the one before, and gathers what a footer
/// and a manifest say about them.
/// </summary>
internal sealed class SegmentWalk
{
    private readonly SegmentKey _key;
    private readonly SegmentCursor _cursor;
    private readonly XxHash128 _hash = new();
    private ulong? _next;

    /// <summary>Begins at <paramref name="from"/>, a frame or the beginning; only from the beginning the hash means something.</summary>
    public SegmentWalk(SegmentKey key, SegmentReader read, int chunkBytes, long from = 0)
    {
        _key = key;
        _cursor = new SegmentCursor(read, chunkBytes);
        WholeBytes = from;
        if (from == 0)
        {
            _next = key.First;
            Span<byte> header = stackalloc byte[SegmentLayout.HeaderBytes];
            SegmentLayout.WriteHeader(header, key);
            _hash.Append(header);
        }
    }

    /// <summary>Everything before this offset was found whole.</summary>
    public long WholeBytes { get; private set; }

    /// <summary>Why the walk cannot go on; null while it can.</summary>
    public StorageCorruptException? Damage { get; private set; }

    public SparseIndex Index { get; } = new(SegmentLayout.HeaderBytes);

    public ulong Last { get; private set; }

    public long FirstTimestamp { get; private set; }

    public long LastTimestamp { get; private set; }

    public ulong LastLogIndex { get; private set; }

    /// <summary>XxHash128 of what was walked.</summary>
    public UInt128 Hash => _hash.GetCurrentHashAsUInt128();

    /// <summary>
    /// Goes on towards <paramref name="limit"/>, where a frame must end, and stops when some <paramref name="budget"/> of bytes was read.
    /// True at the limit.
    /// </summary>
    public bool Advance(long limit, long budget = long.MaxValue)
    {
        var start = WholeBytes;
        _cursor.Open(_key, Math.Max(start, SegmentLayout.HeaderBytes), limit);
        try
        {
            while (Damage is null && WholeBytes - start < budget && _cursor.TryNext(out var batch, out var offset))
            {
                var logIndex = SegmentLayout.LogIndex(_cursor.Frame.Span);
                if (batch.BaseSequence != (_next ?? batch.BaseSequence) || batch.Count == 0 || logIndex <= LastLogIndex)
                {
                    Damage = new StorageCorruptException(_key.Path, offset, $"a frame with message {batch.BaseSequence} does not follow the one before");
                    break;
                }

                FirstTimestamp = offset == SegmentLayout.HeaderBytes ? batch.Timestamp : FirstTimestamp;
                (Last, LastTimestamp, LastLogIndex) = (batch.LastSequence, batch.Timestamp, logIndex);
                _next = Last + 1;
                _hash.Append(_cursor.Frame.Span);
                Index.Add(batch.BaseSequence, batch.Timestamp, offset);
                WholeBytes = _cursor.Offset;
            }
        }
        catch (StorageCorruptException e)
        {
            Damage = e;

            // A damaged first frame leaves a good header.
            WholeBytes = Math.Max(WholeBytes, Math.Min(e.Offset, SegmentLayout.HeaderBytes));
        }

        return Damage is null && WholeBytes >= limit;
    }

    /// <summary>What a manifest says of the segment if it ends here.</summary>
    public SegmentInfo ToInfo(bool isSealed) =>
        new(_key.First, Last, FirstTimestamp, LastTimestamp, LastLogIndex, WholeBytes, isSealed, isSealed ? Hash : 0);
}
