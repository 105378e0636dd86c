using System.Buffers;
using System.Buffers.Binary;
using System.IO.Hashing;
using Bayou.Records;
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

    /// <summary>Closes a segment whose frames are all written by its footer.</summary>
    public void Seal(ChannelSegment segment, SparseIndex index)
    {
        HashRest(segment);
        var entries = index.Entries;
        var footer = new byte[(entries.Length * IndexEntryBytes) + TrailerBytes];
        var rest = footer.AsSpan();
        foreach (var entry in entries)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(rest, entry.Sequence);
            BinaryPrimitives.WriteInt64LittleEndian(rest[8..], entry.Timestamp);
            BinaryPrimitives.WriteInt64LittleEndian(rest[16..], entry.Offset);
            rest = rest[IndexEntryBytes..];
        }

        BinaryPrimitives.WriteUInt32LittleEndian(rest, FooterMagic);
        BinaryPrimitives.WriteUInt32LittleEndian(rest[4..], (uint)entries.Length);
        BinaryPrimitives.WriteInt64LittleEndian(rest[8..], segment.Length);
        BinaryPrimitives.WriteUInt64LittleEndian(rest[16..], segment.Key.Group.Value);
        BinaryPrimitives.WriteUInt64LittleEndian(rest[24..], segment.Key.First);
        BinaryPrimitives.WriteUInt64LittleEndian(rest[32..], segment.Last);
        BinaryPrimitives.WriteInt64LittleEndian(rest[40..], segment.FirstTimestamp);
        BinaryPrimitives.WriteInt64LittleEndian(rest[48..], segment.LastTimestamp);
        BinaryPrimitives.WriteUInt64LittleEndian(rest[56..], segment.LastLogIndex);
        _hash!.GetHashAndReset(rest[TrailerHashOffset..]);
        BinaryPrimitives.WriteUInt32LittleEndian(rest[TrailerCrcOffset..], Checksum.Crc32C(footer.AsSpan(0, footer.Length - sizeof(uint))));
        using (var rental = files.Rent(segment.Key))
        {
            rental.File.Write(footer, segment.Length);
        }

        segment.IsSealed = true;
        segment.Index = null;
        _hash = null;
        _hashed = 0;
    }

    private void Write(ChannelSegment segment, ReadOnlySpan<byte> bytes)
    {
        using var rental = files.Rent(segment.Key, create: segment.Written == 0);
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

    private void HashRest(ChannelSegment segment)
    {
        if (_hash is null || _hashed > segment.Length)
        {
            _hash = new XxHash128();
            _hashed = 0;
        }

        var buffer = ArrayPool<byte>.Shared.Rent(chunkBytes);
        using var rental = files.Rent(segment.Key);
        while (_hashed < segment.Length)
        {
            var part = buffer.AsSpan(0, (int)Math.Min(buffer.Length, segment.Length - _hashed));
            if (rental.File.Read(part, _hashed) < part.Length)
            {
                throw new StorageCorruptException(segment.Key.Path, _hashed, "the segment is shorter than what was written to it");
            }

            _hash.Append(part);
            _hashed += part.Length;
        }

        ArrayPool<byte>.Shared.Return(buffer);
    }
}
