using Bayou.Records;
using static Bayou.Storage.Journal.JournalLayout;

namespace Bayou.Storage.Journal;

/// <summary>Takes the records out of a batch whose sectors have been checked.</summary>
internal static class BatchDecoder
{
    /// <summary>Hands every record to <paramref name="replay"/>; entries keep slices of one array per batch.</summary>
    public static void Decode(in BatchHeader header, ReadOnlySpan<byte> sectors, string path, long offset, JournalReplay replay)
    {
        var payload = Payload(header, sectors);
        var directoryBytes = (int)header.DirectoryEntries * DirectoryEntryBytes;
        if (Checksum.Crc32C(payload.AsSpan(0, directoryBytes)) != header.DirectoryCrc)
        {
            throw new StorageCorruptException(path, offset, "the directory of a batch fails its checksum");
        }

        var rest = payload.AsMemory(directoryBytes);
        for (var i = 0u; i < header.Records; i++)
        {
            if (!TryMeasure(rest.Span, out var dataBytes))
            {
                throw new StorageCorruptException(path, offset, $"record {i} of batch {header.Batch} fails its checksum");
            }

            var record = rest.Span;
            var data = rest.Slice(RecordHeaderBytes, dataBytes);
            var entry = new JournalEntry(ReadUInt64(record, 16), ReadUInt64(record, 24), record[1], data);
            if (!replay.TryApply((JournalRecordKind)record[0], new GroupId(ReadUInt64(record, 8)), entry))
            {
                throw new StorageCorruptException(path, offset, $"record {i} of batch {header.Batch} is of unknown kind {record[0]}");
            }

            rest = rest[(RecordHeaderBytes + dataBytes)..];
        }
    }

    private static byte[] Payload(in BatchHeader header, ReadOnlySpan<byte> sectors)
    {
        var payload = GC.AllocateUninitializedArray<byte>((int)header.PayloadBytes);
        var target = payload.AsSpan();
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

        return payload;
    }

    private static bool TryMeasure(ReadOnlySpan<byte> rest, out int dataBytes)
    {
        dataBytes = 0;
        if (rest.Length < RecordHeaderBytes)
        {
            return false;
        }

        var declared = ReadUInt32(rest, 4);
        if (declared > rest.Length - RecordHeaderBytes)
        {
            return false;
        }

        dataBytes = (int)declared;
        return RecordCrc(rest[..RecordHeaderBytes], rest.Slice(RecordHeaderBytes, dataBytes)) == ReadUInt32(rest, RecordCrcOffset);
    }
}
