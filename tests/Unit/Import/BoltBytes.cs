using System.Buffers.Binary;
using System.Text;

namespace Bayou.Unit.Import;

/// <summary>A bbolt database of one bucket <c>logs</c>, byte by byte: two leaves under a branch, the second one of two pages.</summary>
internal static class BoltBytes
{
    public const int PageBytes = 4096;

    private const ushort Branch = 1;
    private const ushort Leaf = 2;
    private const ushort Meta = 4;

    private const int RootPage = 2;
    private const int BranchPage = 3;
    private const int FirstLeafPage = 4;
    private const int SecondLeafPage = 5;
    private const int PageCount = 7;

    public static byte[] Write(IReadOnlyList<(byte[] Key, byte[] Value)> entries)
    {
        var file = new byte[PageCount * PageBytes];
        var half = entries.Count / 2;
        var (first, second) = (entries.Take(half).ToList(), entries.Skip(half).ToList());
        WriteMeta(file, page: 0, transaction: 9, root: FirstLeafPage);
        WriteMeta(file, page: 1, transaction: 10, root: RootPage);
        WriteLeaf(file, RootPage, [("conf"u8.ToArray(), new byte[16], true), ("logs"u8.ToArray(), Bucket(BranchPage), true)]);
        WriteHeader(file, BranchPage, Branch, count: 2);
        var branch = file.AsSpan(BranchPage * PageBytes);
        WriteBranchElement(branch, 0, FirstLeafPage);
        WriteBranchElement(branch, 1, SecondLeafPage);
        WriteLeaf(file, FirstLeafPage, [.. first.Select(entry => (entry.Key, entry.Value, false))]);
        WriteLeaf(file, SecondLeafPage, [.. second.Select(entry => (entry.Key, entry.Value, false))], overflow: 1);
        return file;
    }

    private static byte[] Bucket(ulong root)
    {
        var bucket = new byte[16];
        BinaryPrimitives.WriteUInt64LittleEndian(bucket, root);
        return bucket;
    }

    private static void WriteMeta(byte[] file, int page, ulong transaction, ulong root)
    {
        WriteHeader(file, page, Meta, count: 0);
        var meta = file.AsSpan((page * PageBytes) + 16, 64);
        BinaryPrimitives.WriteUInt32LittleEndian(meta, 0xED0CDAED);
        BinaryPrimitives.WriteUInt32LittleEndian(meta[4..], 2);
        BinaryPrimitives.WriteUInt32LittleEndian(meta[8..], PageBytes);
        BinaryPrimitives.WriteUInt64LittleEndian(meta[16..], root);
        BinaryPrimitives.WriteUInt64LittleEndian(meta[48..], transaction);
        var hash = 14695981039346656037UL;
        foreach (var value in meta[..56])
        {
            hash = (hash ^ value) * 1099511628211UL;
        }

        BinaryPrimitives.WriteUInt64LittleEndian(meta[56..], hash);
    }

    private static void WriteHeader(byte[] file, int page, ushort flags, int count, uint overflow = 0)
    {
        var header = file.AsSpan(page * PageBytes, 16);
        BinaryPrimitives.WriteUInt64LittleEndian(header, (ulong)page);
        BinaryPrimitives.WriteUInt16LittleEndian(header[8..], flags);
        BinaryPrimitives.WriteUInt16LittleEndian(header[10..], (ushort)count);
        BinaryPrimitives.WriteUInt32LittleEndian(header[12..], overflow);
    }

    private static void WriteBranchElement(Span<byte> page, int element, ulong target) =>
        BinaryPrimitives.WriteUInt64LittleEndian(page[(16 + (element * 16) + 8)..], target);

    private static void WriteLeaf(byte[] file, int page, IReadOnlyList<(byte[] Key, byte[] Value, bool IsBucket)> items, uint overflow = 0)
    {
        WriteHeader(file, page, Leaf, items.Count, overflow);
        var bytes = file.AsSpan(page * PageBytes);
        var data = 16 + (16 * items.Count);
        for (var i = 0; i < items.Count; i++)
        {
            var at = 16 + (16 * i);
            var (key, value, isBucket) = items[i];
            BinaryPrimitives.WriteUInt32LittleEndian(bytes[at..], isBucket ? 1U : 0);
            BinaryPrimitives.WriteInt32LittleEndian(bytes[(at + 4)..], data - at);
            BinaryPrimitives.WriteInt32LittleEndian(bytes[(at + 8)..], key.Length);
            BinaryPrimitives.WriteInt32LittleEndian(bytes[(at + 12)..], value.Length);
            key.CopyTo(bytes[data..]);
            value.CopyTo(bytes[(data + key.Length)..]);
            data += key.Length + value.Length;
        }
    }

    /// <summary>An entry of a Raft log as the server's encoder writes it.</summary>
    public static (byte[] Key, byte[] Value) Entry(ulong index, byte[] data, byte type = 0)
    {
        var key = new byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(key, index);
        List<byte> value = [0x86];
        Text("AppendedAt");
        value.AddRange([0xA8, 1, 2, 3, 4, 5, 6, 7, 8]);
        Text("Data");
        value.AddRange([0xDA, (byte)(data.Length >> 8), (byte)data.Length, .. data]);
        Text("Extensions");
        value.Add(0xC0);
        Text("Index");
        value.AddRange([0xCF, .. key]);
        Text("Term");
        value.Add(3);
        Text("Type");
        value.Add(type);
        return (key, [.. value]);

        void Text(string text) => value.AddRange([(byte)(0xA0 | text.Length), .. Encoding.ASCII.GetBytes(text)]);
    }
}
