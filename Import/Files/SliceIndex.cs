using System.Buffers.Binary;

namespace Bayou.Import.Files;

/// <summary>
/// Where the messages of a slice begin: all that an import needs of the file <c>msgs.N.idx</c>. Nothing rests on it alone, so what is damaged in it is
/// left out.
/// <code>
///   file   u32 version, entries          entry   u64 sequence, u64 offset, i64 timestamp, u32 size, u32 CRC-32 of the 28 bytes before
/// </code>
/// </summary>
internal sealed class SliceIndex
{
    private const int VersionBytes = 4;
    private const int EntryBytes = 32;
    private const int CrcOffset = 28;

    private readonly List<long> _offsets = [];

    private SliceIndex()
    {
    }

    /// <summary>Sequence of the last message; 0 for none.</summary>
    public ulong LastSequence { get; private set; }

    /// <summary>Where the record of the last message ends in the slice.</summary>
    public long End { get; private set; }

    public static SliceIndex Read(ReadOnlySpan<byte> file, Crc32 checksum)
    {
        var index = new SliceIndex();
        for (var at = VersionBytes; at + EntryBytes <= file.Length; at += EntryBytes)
        {
            var entry = file.Slice(at, EntryBytes);
            if (checksum.Of(entry[..CrcOffset]) == BinaryPrimitives.ReadUInt32LittleEndian(entry[CrcOffset..]))
            {
                index.Add(
                    BinaryPrimitives.ReadUInt64LittleEndian(entry),
                    BinaryPrimitives.ReadInt64LittleEndian(entry[8..]),
                    BinaryPrimitives.ReadUInt32LittleEndian(entry[24..]));
            }
        }

        return index;
    }

    /// <summary>Where the first record behind an offset begins; null if none is known.</summary>
    public long? After(long offset)
    {
        var place = _offsets.BinarySearch(offset + 1);
        place = place < 0 ? ~place : place;
        return place < _offsets.Count ? _offsets[place] : null;
    }

    private void Add(ulong sequence, long offset, uint size)
    {
        if (_offsets.Count == 0 || offset > _offsets[^1])
        {
            _offsets.Add(offset);
            LastSequence = sequence;
            End = offset + RecordReader.HeaderBytes + size;
        }
    }
}
