using System.Buffers;
using System.Buffers.Binary;
using Bayou.Records;
using Bayou.Storage.Journal;
using Bayou.Storage.Segments;

namespace Bayou.Storage.Checkpoints;

/// <summary>
/// CHECKPOINT.a and CHECKPOINT.b. Each checkpoint is written to both, one durable before the other is touched, so that a damaged
/// copy costs nothing: the journal before the checkpoint is given up only when both are whole.
/// <code>
///   0  u32 magic 'BYCP'         32  u64 journal file to read from     56  u32 groups
///   4  u32 version              40  u64 number of its first batch     60  u32 files to remove
///   8  u64 number               48  u32 CRC its first batch names     64  u64 bytes of the file
///  16  silo, 16 bytes           52  u32 1 = may lack groups           72  u32 zero
///                                                                     76  u32 CRC-32C of bytes 0..76 and 80..end
///  80  the groups' records, then per file to remove: u64 group, u64 first sequence (0: the folder)
/// </code>
/// </summary>
internal sealed class CheckpointFile(IDisk disk, Guid silo, Action<string> log)
{
    private const uint Magic = 0x50435942;
    private const uint Version = 2;
    private const int HeaderBytes = 80;
    private const int CrcOffset = 76;
    private const int CondemnedBytes = 16;
    private static readonly string[] Copies = ["CHECKPOINT.a", "CHECKPOINT.b"];

    private string _whole = Copies[0];
    private bool _needsRepair;

    /// <summary>Reads the newest whole copy; its groups are handed to <paramref name="add"/>.</summary>
    public CheckpointImage Read(Action<CheckpointGroup> add)
    {
        byte[]? newest = null;
        byte[]? first = null;
        foreach (var path in Copies)
        {
            if (ReadCopy(path) is not { } bytes)
            {
                _needsRepair = true;
                log($"{path} is missing or damaged; the other copy is used and both are written anew.");
            }
            else if (newest is null || NumberOf(bytes) > NumberOf(newest))
            {
                newest = bytes;
                _whole = path;
            }

            first ??= newest;
            _needsRepair |= newest is not null && NumberOf(first) != NumberOf(newest);
        }

        return newest is null
            ? throw new StorageCorruptException(Copies[0], 0, "neither copy of the checkpoint can be read")
            : Decode(newest, add);
    }

    /// <summary>Makes the copies equal again, after which nothing that only the older one names is needed.</summary>
    public void Repair()
    {
        if (_needsRepair)
        {
            var bytes = ReadCopy(_whole) ?? throw new StorageCorruptException(_whole, 0, "the checkpoint changed while it was read");
            WriteCopy(OtherCopy, bytes);
            _needsRepair = false;
        }
    }

    /// <summary>Looks at both copies, and writes a damaged one anew from the other; returns what was read and how many were damaged.</summary>
    public (long Bytes, int Damaged) Verify()
    {
        var whole = Array.ConvertAll(Copies, ReadCopy);
        var damaged = whole.Count(bytes => bytes is null);
        for (var i = 0; damaged > 0 && i < Copies.Length; i++)
        {
            if (whole[i] is null)
            {
                var other = whole[1 - i];
                log($"{Copies[i]} is damaged{(other is null ? ", and so is the other copy" : "; it is written anew from the other copy")}.");
                if (other is not null)
                {
                    WriteCopy(Copies[i], other);
                }
            }
        }

        return (whole.Sum(bytes => bytes?.LongLength ?? 0), damaged);
    }

    /// <summary>
    /// Writes both copies: <paramref name="changed"/> groups, and of <paramref name="previous"/> those in <paramref name="kept"/>,
    /// whose records are copied from the last checkpoint.
    /// </summary>
    public CheckpointImage Write(
        CheckpointImage previous,
        JournalPosition start,
        IEnumerable<CheckpointGroup> changed,
        IEnumerable<GroupId> kept,
        IReadOnlyList<SegmentKey> condemned,
        bool mayLackGroups)
    {
        var output = new ArrayBufferWriter<byte>(64 << 10);
        output.GetSpan(HeaderBytes)[..HeaderBytes].Clear();
        output.Advance(HeaderBytes);
        var slots = new Dictionary<GroupId, CheckpointSlot>();
        Copy(previous, kept, output, slots);
        foreach (var group in changed)
        {
            var offset = output.WrittenCount;
            CheckpointRecord.Write(output, group.Group, group.Channel);
            slots.Add(group.Group.Group, new CheckpointSlot(offset, output.WrittenCount - offset));
        }

        foreach (var key in condemned)
        {
            var span = output.GetSpan(CondemnedBytes);
            BinaryPrimitives.WriteUInt64LittleEndian(span, key.Group.Value);
            BinaryPrimitives.WriteUInt64LittleEndian(span[8..], key.First);
            output.Advance(CondemnedBytes);
        }

        var image = new CheckpointImage(previous.Number + 1, start, slots, condemned, mayLackGroups);
        var bytes = System.Runtime.InteropServices.MemoryMarshal.AsMemory(output.WrittenMemory).Span;
        WriteHeader(bytes, image);

        // The copy that the kept records came from goes last: until the other is durable it is the only whole one.
        WriteCopy(OtherCopy, bytes);
        WriteCopy(OtherCopy, bytes);
        return image;
    }

    private string OtherCopy => Copies[0] == _whole ? Copies[1] : Copies[0];

    private static ulong NumberOf(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]);

    private static uint Crc(ReadOnlySpan<byte> bytes) =>
        Checksum.Crc32C(bytes[HeaderBytes..], Checksum.Crc32C(bytes[..CrcOffset]) | (1UL << 32));

    private static CheckpointImage Decode(byte[] bytes, Action<CheckpointGroup> add)
    {
        var at = HeaderBytes;
        var slots = new Dictionary<GroupId, CheckpointSlot>();
        for (var i = BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(56)); i > 0; i--)
        {
            var group = CheckpointRecord.Read(bytes.AsMemory(at))
                ?? throw new StorageCorruptException(Copies[0], at, "a group's record is damaged in a file whose checksum is right");
            slots.Add(group.Group.Group, new CheckpointSlot(at, group.RecordBytes));
            add(group);
            at += group.RecordBytes;
        }

        var condemned = new List<SegmentKey>();
        for (var i = BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(60)); i > 0; i--)
        {
            condemned.Add(new SegmentKey(
                new GroupId(BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(at))), BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(at + 8))));
            at += CondemnedBytes;
        }

        var start = new JournalPosition(
            BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(32)),
            BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(40)),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(48)));
        return new CheckpointImage(NumberOf(bytes), start, slots, condemned, BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(52)) == 1);
    }

    private byte[]? ReadCopy(string path)
    {
        var length = disk.LengthOf(path);
        if (length is < HeaderBytes or > int.MaxValue)
        {
            return null;
        }

        var bytes = GC.AllocateUninitializedArray<byte>((int)length);
        using var file = disk.OpenUncached(path);
        var read = file.Read(bytes, 0);
        var isWhole = read == bytes.Length
            && BinaryPrimitives.ReadUInt32LittleEndian(bytes) == Magic
            && BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(4)) == Version
            && BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(64)) == (ulong)length
            && Crc(bytes) == BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(CrcOffset))
            && new Guid(bytes.AsSpan(16, 16)) == silo;
        return isWhole ? bytes : null;
    }

    private void Copy(CheckpointImage previous, IEnumerable<GroupId> kept, ArrayBufferWriter<byte> output, Dictionary<GroupId, CheckpointSlot> slots)
    {
        IDiskFile? file = null;
        try
        {
            foreach (var group in kept)
            {
                var (offset, length) = (previous.Records[group].Offset, previous.Records[group].Length);
                file ??= disk.Open(_whole);
                var memory = output.GetMemory(length)[..length];
                if (file.Read(memory.Span, offset) < length || CheckpointRecord.Read(memory) is not { } record || record.Group.Group != group)
                {
                    throw new StorageCorruptException(_whole, offset, $"the record of group {group} is damaged");
                }

                slots.Add(group, new CheckpointSlot(output.WrittenCount, length));
                output.Advance(length);
            }
        }
        finally
        {
            file?.Dispose();
        }
    }

    private void WriteHeader(Span<byte> bytes, CheckpointImage image)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, Magic);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[4..], Version);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[8..], image.Number);
        silo.TryWriteBytes(bytes[16..]);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[32..], image.Start.File);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[40..], image.Start.Batch);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[48..], image.Start.PreviousCrc);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[52..], image.MayLackGroups ? 1U : 0);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[56..], (uint)image.Records.Count);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[60..], (uint)image.Condemned.Count);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[64..], (ulong)bytes.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[CrcOffset..], Crc(bytes));
    }

    private void WriteCopy(string path, ReadOnlySpan<byte> bytes)
    {
        var isNew = !disk.Exists(path);
        using var file = disk.Open(path, create: true);
        file.Write(bytes, 0);
        file.SetLength(bytes.Length);
        file.Sync();
        if (isNew)
        {
            disk.SyncDirectory("");
        }

        _whole = path;
    }
}
