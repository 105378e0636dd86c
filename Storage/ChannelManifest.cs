using System.Buffers.Binary;
using Bayou.Records;
using Bayou.Storage.Segments;

namespace Bayou.Storage;

/// <summary>
/// A channel's messages as they stood at one log index: which there are, and in which segments. It never changes; a checkpoint, a
/// snapshot and the message that offers a snapshot carry it. Its encoding, little endian:
/// <code>
///   0  u32 CRC-32C of bytes 4..end          40  segments, 52 bytes each
///   4  u32 segments                              0  u64 last sequence      24  u64 log index of the last batch
///   8  u64 first sequence                        8  i64 first timestamp    32  u32 length, and 1 &lt;&lt; 31 = sealed
///  16  u64 last sequence                        16  i64 last timestamp     36  u128 hash
///  24  u64 log index of the last batch
///  32  u64 first sequence of the first segment; each segment begins where the one before ended
/// </code>
/// </summary>
public sealed class ChannelManifest : IEquatable<ChannelManifest>
{
    /// <summary>A channel without messages.</summary>
    public static readonly ChannelManifest Empty = new(1, 0, 0, []);

    private const int HeaderBytes = 40;
    private const int SegmentBytes = 52;
    private const uint SealedMark = 1U << 31;

    private readonly SegmentInfo[] _segments;

    /// <summary>Throws <see cref="ArgumentException"/> when the parts cannot be those of one channel.</summary>
    public ChannelManifest(ulong firstSequence, ulong lastSequence, ulong lastLogIndex, IReadOnlyList<SegmentInfo> segments)
    {
        ArgumentNullException.ThrowIfNull(segments);
        (FirstSequence, LastSequence, LastLogIndex, _segments) = (firstSequence, lastSequence, lastLogIndex, [.. segments]);
        if (Contradiction() is { } contradiction)
        {
            throw new ArgumentException(contradiction, nameof(segments));
        }
    }

    /// <summary>First message that readers see; one more than <see cref="LastSequence"/> when there is none.</summary>
    public ulong FirstSequence { get; }

    /// <summary>Last message ever appended; 0 before the first.</summary>
    public ulong LastSequence { get; }

    /// <summary>Log index of the last batch ever appended; 0 before the first.</summary>
    public ulong LastLogIndex { get; }

    /// <summary>In order, without gaps; only the last may be unsealed.</summary>
    public IReadOnlyList<SegmentInfo> Segments => _segments;

    /// <summary>Size of the encoding.</summary>
    public int EncodedBytes => HeaderBytes + (_segments.Length * SegmentBytes);

    public bool Equals(ChannelManifest? other) =>
        other is not null
        && (FirstSequence, LastSequence, LastLogIndex) == (other.FirstSequence, other.LastSequence, other.LastLogIndex)
        && _segments.AsSpan().SequenceEqual(other._segments);

    public override bool Equals(object? obj) => Equals(obj as ChannelManifest);

    public override int GetHashCode() => HashCode.Combine(FirstSequence, LastSequence, LastLogIndex, _segments.Length);

    public byte[] Encode()
    {
        var bytes = new byte[EncodedBytes];
        Encode(bytes);
        return bytes;
    }

    /// <summary>Reads what <see cref="Encode()"/> wrote; <see cref="InvalidDataException"/> for anything else.</summary>
    public static ChannelManifest Decode(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < HeaderBytes
            || bytes.Length != HeaderBytes + (BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]) * (long)SegmentBytes)
            || Checksum.Crc32C(bytes[4..]) != BinaryPrimitives.ReadUInt32LittleEndian(bytes))
        {
            throw new InvalidDataException("The manifest of a channel fails its checksum.");
        }

        var segments = new SegmentInfo[(bytes.Length - HeaderBytes) / SegmentBytes];
        var first = BinaryPrimitives.ReadUInt64LittleEndian(bytes[32..]);
        for (var i = 0; i < segments.Length; i++)
        {
            segments[i] = DecodeSegment(bytes.Slice(HeaderBytes + (i * SegmentBytes), SegmentBytes), first);
            first = segments[i].Last + 1;
        }

        try
        {
            return new ChannelManifest(
                BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]),
                BinaryPrimitives.ReadUInt64LittleEndian(bytes[16..]),
                BinaryPrimitives.ReadUInt64LittleEndian(bytes[24..]),
                segments);
        }
        catch (ArgumentException e)
        {
            throw new InvalidDataException(e.Message, e);
        }
    }

    internal void Encode(Span<byte> bytes)
    {
        bytes = bytes[..EncodedBytes];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[4..], (uint)_segments.Length);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[8..], FirstSequence);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[16..], LastSequence);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[24..], LastLogIndex);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[32..], _segments.Length == 0 ? 0 : _segments[0].First);
        var rest = bytes[HeaderBytes..];
        foreach (var segment in _segments)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(rest, segment.Last);
            BinaryPrimitives.WriteInt64LittleEndian(rest[8..], segment.FirstTimestamp);
            BinaryPrimitives.WriteInt64LittleEndian(rest[16..], segment.LastTimestamp);
            BinaryPrimitives.WriteUInt64LittleEndian(rest[24..], segment.LastLogIndex);
            BinaryPrimitives.WriteUInt32LittleEndian(rest[32..], (uint)segment.Length | (segment.IsSealed ? SealedMark : 0));
            BinaryPrimitives.WriteUInt128LittleEndian(rest[36..], segment.Hash);
            rest = rest[SegmentBytes..];
        }

        BinaryPrimitives.WriteUInt32LittleEndian(bytes, Checksum.Crc32C(bytes[4..]));
    }

    private static SegmentInfo DecodeSegment(ReadOnlySpan<byte> bytes, ulong first)
    {
        var length = BinaryPrimitives.ReadUInt32LittleEndian(bytes[32..]);
        return new SegmentInfo(
            first,
            BinaryPrimitives.ReadUInt64LittleEndian(bytes),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[8..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[16..]),
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[24..]),
            length & ~SealedMark,
            (length & SealedMark) != 0,
            BinaryPrimitives.ReadUInt128LittleEndian(bytes[36..]));
    }

    /// <summary>What must hold of a channel and does not; null when all is well.</summary>
    private string? Contradiction()
    {
        if (FirstSequence == 0 || FirstSequence > LastSequence + 1)
        {
            return $"Messages {FirstSequence}..{LastSequence} are no range.";
        }

        for (var i = 0; i < _segments.Length; i++)
        {
            var segment = _segments[i];
            var isLast = i == _segments.Length - 1;
            if (segment.First == 0 || segment.Last < segment.First || segment.Length is <= SegmentLayout.HeaderBytes or > int.MaxValue)
            {
                return $"Segment {segment.First} of {segment.Length} bytes cannot hold messages up to {segment.Last}.";
            }

            if (isLast ? segment.Last != LastSequence || segment.LastLogIndex != LastLogIndex : segment.Last + 1 != _segments[i + 1].First || !segment.IsSealed)
            {
                return $"Segment {segment.First}..{segment.Last} does not join what follows.";
            }
        }

        return _segments.Length == 0
            ? FirstSequence == LastSequence + 1 ? null : $"No segment holds messages {FirstSequence}..{LastSequence}."
            : _segments[0].First <= FirstSequence && FirstSequence <= _segments[0].Last ? null : $"Message {FirstSequence} is not in the first segment.";
    }
}
