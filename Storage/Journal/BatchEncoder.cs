using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Bayou.Records;
using Bayou.Storage.Disk;
using static Bayou.Storage.Journal.JournalLayout;

namespace Bayou.Storage.Journal;

/// <summary>Gathers writes into one batch. Its buffer is used again for every batch, and grows only for a batch larger than ever.</summary>
internal sealed class BatchEncoder(ulong siloSeed)
{
    private Memory<byte> _buffer = BlockMemory.Allocate(16 * SectorBytes);
    private byte[] _directory = new byte[64 * DirectoryEntryBytes];

    /// <summary>Header checksum of the batch encoded last, which the next one names.</summary>
    public uint HeaderCrc { get; private set; }

    /// <summary>Encodes <paramref name="writes"/> for <paramref name="position"/> and <paramref name="offset"/>; valid until the next call.</summary>
    public ReadOnlySpan<byte> Encode(JournalPosition position, long offset, BatchFlags flags, List<JournalWrite> writes)
    {
        var payload = 0L;
        foreach (var write in writes)
        {
            payload += write.EncodedBytes;
        }

        var sectors = SectorsFor(HeaderBytes + payload);
        Reserve(sectors * SectorBytes, writes.Count * DirectoryEntryBytes);
        var batch = _buffer.Span[..(sectors * SectorBytes)];
        var directory = _directory.AsSpan(0, writes.Count * DirectoryEntryBytes);
        var records = new SectorCursor(batch, HeaderBytes + directory.Length);
        var count = 0;
        for (var i = 0; i < writes.Count; i++)
        {
            count += Put(ref records, writes[i], directory.Slice(i * DirectoryEntryBytes, DirectoryEntryBytes));
        }

        records.Fill();
        new SectorCursor(batch, HeaderBytes).Put(directory);
        Stamp(batch[SectorBytes..], firstSector: 1, position, offset + SectorBytes);

        var header = new BatchHeader(
            flags,
            position.File,
            position.Batch,
            position.Batch - 1,
            position.PreviousCrc,
            (uint)payload,
            (uint)writes.Count,
            (uint)count,
            (uint)sectors,
            SectorChain.Crc(batch),
            Checksum.Crc32C(directory),
            HeaderCrc: 0);
        HeaderCrc = header.Write(batch[StampBytes..], Seed(siloSeed, position.File, offset));
        Stamp(batch[..SectorBytes], firstSector: 0, position, offset);
        return batch;
    }

    /// <summary>Header checksum that a batch without writes has at this place.</summary>
    public static uint EmptyHeaderCrc(ulong siloSeed, JournalPosition position, long offset, BatchFlags flags)
    {
        var header = new BatchHeader(
            flags,
            position.File,
            position.Batch,
            position.Batch - 1,
            position.PreviousCrc,
            PayloadBytes: 0,
            DirectoryEntries: 0,
            Records: 0,
            Sectors: 1,
            PayloadCrc: 0,
            Checksum.Crc32C([]),
            HeaderCrc: 0);
        return header.Write(stackalloc byte[HeaderBytes], Seed(siloSeed, position.File, offset));
    }

    /// <summary>Puts the records of a write and its entry of the directory; returns how many records these are.</summary>
    private static int Put(ref SectorCursor records, JournalWrite write, Span<byte> directoryEntry)
    {
        if (write.GroupCreated)
        {
            Put(ref records, JournalRecordKind.GroupCreated, write.Group, default);
        }

        if (write.Fault is { } fault)
        {
            Span<byte> bytes = stackalloc byte[FaultCodec.Bytes];
            FaultCodec.Write(bytes, fault);
            PutRecord(ref records, JournalRecordKind.Fault, 0, write.Group, 0, 0, bytes);
        }

        if (write.HardState is { } state)
        {
            Span<byte> bytes = stackalloc byte[HardStateBytes];
            BinaryPrimitives.WriteUInt64LittleEndian(bytes, state.Term);
            BinaryPrimitives.WriteUInt64LittleEndian(bytes[8..], state.Vote);
            BinaryPrimitives.WriteUInt64LittleEndian(bytes[16..], state.Commit);
            PutRecord(ref records, JournalRecordKind.HardState, 0, write.Group, 0, 0, bytes);
        }

        if (write.Snapshot is { } snapshot)
        {
            PutRecord(ref records, JournalRecordKind.Snapshot, 0, write.Group, snapshot.Index, snapshot.Term, write.EncodedSnapshot);
        }

        foreach (ref readonly var entry in CollectionsMarshal.AsSpan(write.Entries))
        {
            Put(ref records, JournalRecordKind.Entry, write.Group, entry);
        }

        if (write.GroupDeleted)
        {
            Put(ref records, JournalRecordKind.GroupDeleted, write.Group, default);
        }

        if (write.Quarantine != 0)
        {
            Put(ref records, JournalRecordKind.GroupQuarantined, write.Group, new JournalEntry(write.Quarantine, 0, 0, default));
        }

        var named = DirectoryEntry.Of(write);
        named.Write(directoryEntry);
        return (int)named.Records;
    }

    private static void Put(ref SectorCursor records, JournalRecordKind kind, GroupId group, in JournalEntry entry) =>
        PutRecord(ref records, kind, entry.Kind, group, entry.Index, entry.Term, entry.Data.Span);

    private static void PutRecord(
        ref SectorCursor records, JournalRecordKind kind, byte entryKind, GroupId group, ulong index, ulong term, scoped ReadOnlySpan<byte> data)
    {
        Span<byte> header = stackalloc byte[RecordHeaderBytes];
        header.Clear();
        header[0] = (byte)kind;
        header[1] = entryKind;
        BinaryPrimitives.WriteUInt32LittleEndian(header[4..], (uint)data.Length);
        BinaryPrimitives.WriteUInt64LittleEndian(header[8..], group.Value);
        BinaryPrimitives.WriteUInt64LittleEndian(header[16..], index);
        BinaryPrimitives.WriteUInt64LittleEndian(header[24..], term);
        BinaryPrimitives.WriteUInt32LittleEndian(header[RecordCrcOffset..], RecordCrc(header, data));
        records.Put(header);
        records.Put(data);
    }

    private void Stamp(Span<byte> sectors, int firstSector, JournalPosition position, long offset)
    {
        for (var number = firstSector; !sectors.IsEmpty; number++)
        {
            var sector = sectors[..SectorBytes];
            BinaryPrimitives.WriteUInt32LittleEndian(sector[StampSectorOffset..], (uint)number);
            BinaryPrimitives.WriteUInt64LittleEndian(sector[StampBatchOffset..], position.Batch);
            BinaryPrimitives.WriteUInt64LittleEndian(sector[StampFileOffset..], position.File);
            BinaryPrimitives.WriteUInt32LittleEndian(sector, Checksum.Crc32C(sector[sizeof(uint)..], Seed(siloSeed, position.File, offset)));
            sectors = sectors[SectorBytes..];
            offset += SectorBytes;
        }
    }

    private void Reserve(int batchBytes, int directoryBytes)
    {
        if (_buffer.Length < batchBytes)
        {
            _buffer = BlockMemory.Allocate(Math.Max(batchBytes, _buffer.Length * 2));
        }

        if (_directory.Length < directoryBytes)
        {
            _directory = new byte[Math.Max(directoryBytes, _directory.Length * 2)];
        }
    }
}
