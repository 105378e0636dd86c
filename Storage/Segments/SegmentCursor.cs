using Bayou.Records;
using static Bayou.Storage.Segments.SegmentLayout;

namespace Bayou.Storage.Segments;

/// <summary>
/// Walks the frames of one segment, a chunk at a time. Every chunk is a new array: batches are slices of it and live as long as
/// somebody holds one.
/// </summary>
internal sealed class SegmentCursor(SegmentReader read, int chunkBytes)
{
    private SegmentKey _key;
    private byte[] _chunk = [];
    private long _chunkOffset;
    private int _chunkLength;
    private long _limit;

    /// <summary>Offset of the frame that comes next.</summary>
    public long Offset { get; private set; }

    /// <summary>The frame that came last, header included.</summary>
    public ReadOnlyMemory<byte> Frame { get; private set; }

    /// <summary>Goes to a frame of a segment of which <paramref name="limit"/> bytes may be read.</summary>
    public void Open(SegmentKey key, long offset, long limit)
    {
        if (key != _key || offset != Offset)
        {
            _key = key;
            _chunkOffset = Offset = offset;
            _chunkLength = 0;
        }

        _limit = limit;
    }

    /// <summary>The next batch and the offset of its frame; false at the limit.</summary>
    public bool TryNext(out RecordBatch batch, out long offset)
    {
        offset = Offset;
        batch = default;
        if (offset >= _limit)
        {
            return false;
        }

        var header = Bytes(FrameHeaderBytes);
        var batchBytes = BatchBytes(header.Span);
        if (batchBytes < RecordBatch.HeaderLength || batchBytes > _limit - offset - FrameHeaderBytes)
        {
            throw Corrupt($"a frame of {batchBytes} bytes cannot be here");
        }

        var frame = Bytes(FrameHeaderBytes + (int)batchBytes);
        if (!IsFrameWhole(frame.Span, _key, offset))
        {
            throw Corrupt("a frame fails its checksum");
        }

        var error = RecordBatch.TryRead(frame[FrameHeaderBytes..], out batch);
        if (error != RecordBatchError.None)
        {
            throw Corrupt($"a frame does not hold a batch: {error}");
        }

        Frame = frame;
        Offset += frame.Length;
        return true;
    }

    private ReadOnlyMemory<byte> Bytes(int count)
    {
        var start = (int)(Offset - _chunkOffset);
        if (start + count > _chunkLength)
        {
            Load(count);
            start = (int)(Offset - _chunkOffset);
        }

        return _chunk.AsMemory(start, count);
    }

    private void Load(int atLeast)
    {
        // From the beginning the header is read along, which tells that this is the right file.
        var from = Offset == HeaderBytes ? 0 : Offset;
        var length = (int)Math.Min(_limit - from, Math.Max(chunkBytes, Offset - from + atLeast));
        if (Offset - from + atLeast > length)
        {
            throw Corrupt("a frame is cut off by the end of the segment");
        }

        var chunk = GC.AllocateUninitializedArray<byte>(length);
        try
        {
            length = read(_key, chunk, from);
        }
        catch (FileNotFoundException)
        {
            throw new StorageCorruptException(_key.Path, 0, "the file is missing");
        }

        if (from == 0 && (length < HeaderBytes || !IsHeader(chunk, _key)))
        {
            throw new StorageCorruptException(_key.Path, 0, "the header of the segment is damaged");
        }

        if (Offset - from + atLeast > length)
        {
            throw Corrupt("the file was cut: it is shorter than what was written to it");
        }

        (_chunk, _chunkOffset, _chunkLength) = (chunk, from, length);
    }

    /// <summary>What is in memory is forgotten: once the segment is mended, the next look must see that.</summary>
    private StorageCorruptException Corrupt(string reason)
    {
        (_chunkOffset, _chunkLength) = (Offset, 0);
        return new(_key.Path, Offset, reason);
    }
}
