using System.Buffers;
using System.IO.Hashing;
using static Bayou.Storage.Segments.SegmentLayout;

namespace Bayou.Storage.Segments;

/// <summary>
/// Writes frames to the active segment of one channel and seals it. Nothing is synced here: until the next checkpoint the
/// journal has it all. Guarded by the channel's lock.
/// </summary>
internal sealed class SegmentWriter(OpenFiles files, int chunkBytes)
{
    private XxHash128? _hash;
    private long _hashed;

    /// <summary>Writes the last <paramref name="count"/> batches of the ring.</summary>
    public void Write(ChannelSegment segment, TailRing tail, int count)
    {
        var bytes = (int)(segment.Length - Math.Max(segment.Written, 0));
        var buffer = ArrayPool<byte>.Shared.Rent(bytes);
        try
        {
            var frames = buffer.AsSpan(0, bytes);
            if (segment.Written == 0)
            {
                WriteHeader(frames, segment.Key);
                frames = frames[HeaderBytes..];
            }

            for (var i = tail.Count - count; i < tail.Count; i++)
            {
                var batch = tail[i];
                var length = FrameHeaderBytes + batch.Batch.Bytes.Length;
                WriteFrame(frames[..length], segment.Key, batch.Offset, batch.LogIndex, batch.Batch.Bytes.Span);
                frames = frames[length..];
            }

            if (!frames.IsEmpty)
            {
                throw new InvalidOperationException("The batches in memory are not those the segment lacks.");
            }

            Write(segment, buffer.AsSpan(0, bytes));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>
    /// Closes a segment whose frames are all written by its footer. What was not hashed as it was written is read again and checked;
    /// if it is damaged, that is returned and the segment stays without a footer: nothing may certify it.
    /// </summary>
    public StorageCorruptException? Seal(ChannelSegment segment)
    {
        var index = segment.Index;
        if (_hash is not null && _hashed == segment.Length)
        {
            segment.Hash = _hash.GetCurrentHashAsUInt128();
        }
        else
        {
            var walk = new SegmentWalk(segment.Key, files.Read, chunkBytes);
            if (!walk.Advance(segment.Length))
            {
                return walk.Damage;
            }

            (segment.Hash, index) = (walk.Hash, walk.Index);
        }

        Forget();
        segment.IsSealed = true;
        segment.Index = null;
        using var rental = files.Rent(segment.Key);
        rental.File.Write(SegmentFooter.Encode(segment.Key, segment.ToInfo(), index!), segment.Length);
        return null;
    }

    /// <summary>Drops what it knows of the active segment, which is not the one it was.</summary>
    public void Forget()
    {
        _hash = null;
        _hashed = 0;
    }

    private void Write(ChannelSegment segment, ReadOnlySpan<byte> bytes)
    {
        using var rental = files.Rent(segment.Key, create: segment.Written == 0 || segment.Fault is not null);
        if (rental.File.Length > segment.Written)
        {
            // Left over from before a restart: not in the checkpoint, so it is in the journal and comes again.
            rental.File.SetLength(segment.Written);
        }

        rental.File.Write(bytes, segment.Written);

        // Small channels never get a hasher; the whole segment is hashed from the file when it is sealed.
        if (segment.Written == 0)
        {
            _hash = bytes.Length >= chunkBytes ? new XxHash128() : null;
            _hashed = 0;
        }

        if (_hash is not null && _hashed == segment.Written)
        {
            _hash.Append(bytes);
            _hashed += bytes.Length;
        }

        segment.Written += bytes.Length;
    }
}
