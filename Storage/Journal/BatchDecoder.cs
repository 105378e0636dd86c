using Bayou.Records;
using static Bayou.Storage.Journal.JournalLayout;

namespace Bayou.Storage.Journal;

/// <summary>Takes the records out of a batch whose sectors have been checked.</summary>
internal static class BatchDecoder
{
    /// <summary>
    /// Hands every record to <paramref name="replay"/>; entries keep slices of one array per batch. False, with nothing handed over,
    /// when the parts do not fit together although the sectors are whole.
    /// </summary>
    public static bool TryDecode(in BatchHeader header, ReadOnlySpan<byte> sectors, string path, long offset, JournalReplay replay)
    {
        var payload = GC.AllocateUninitializedArray<byte>((int)header.PayloadBytes);
        CopyPayload(sectors, payload);
        var directoryBytes = (int)header.DirectoryEntries * DirectoryEntryBytes;
        var records = payload.AsMemory(directoryBytes);
        if (Checksum.Crc32C(payload.AsSpan(0, directoryBytes)) != header.DirectoryCrc || !AreWhole(records.Span, header.Records))
        {
            return false;
        }

        for (var i = 0u; i < header.Records; i++)
        {
            var record = records.Span;
            var dataBytes = (int)ReadUInt32(record, 4);
            var entry = new JournalEntry(ReadUInt64(record, 16), ReadUInt64(record, 24), record[1], records.Slice(RecordHeaderBytes, dataBytes));
            if (!replay.TryApply((JournalRecordKind)record[0], new GroupId(ReadUInt64(record, 8)), entry))
            {
                throw new StorageCorruptException(path, offset, $"record {i} of batch {header.Batch} is of a kind ({record[0]}) that this version does not know");
            }

            records = records[(RecordHeaderBytes + dataBytes)..];
        }

        return true;
    }

    /// <summary>Fills <paramref name="target"/> with what follows the header in the contents of the sectors.</summary>
    public static void CopyPayload(ReadOnlySpan<byte> sectors, Span<byte> target)
    {
        var start = StampBytes + HeaderBytes;
        while (!target.IsEmpty)
        {
            var part = sectors[start..SectorBytes];
            part = part[..Math.Min(part.Length, target.Length)];
            part.CopyTo(target);
            target = target[part.Length..];
            sectors = sectors[SectorBytes..];
            start = StampBytes;
        }
    }

    private static bool AreWhole(ReadOnlySpan<byte> records, uint count)
    {
        for (var i = 0u; i < count; i++)
        {
            if (records.Length < RecordHeaderBytes)
            {
                return false;
            }

            var dataBytes = ReadUInt32(records, 4);
            if (dataBytes > records.Length - RecordHeaderBytes
                || RecordCrc(records[..RecordHeaderBytes], records.Slice(RecordHeaderBytes, (int)dataBytes)) != ReadUInt32(records, RecordCrcOffset))
            {
                return false;
            }

            records = records[(RecordHeaderBytes + (int)dataBytes)..];
        }

        return records.IsEmpty;
    }
}
