using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace Bayou.Import.Cluster;

/// <summary>
/// Reads a bbolt database, in which the server kept its Raft log: a B+ tree of pages under one of two meta pages, the one of the last
/// transaction.
/// <code>
///   page   u64 id, u16 flags (1 branch, 2 leaf, 4 meta), u16 count, u32 further pages that it spreads over, then
///     meta     u32 magic, u32 version = 2, u32 page size, u32 flags, u64 root page, u64, u64, u64, u64 transaction, u64 FNV-1a of it all
///     branch   count times: u32 where its key is, counted from here, u32 key bytes, u64 page
///     leaf     count times: u32 flags (1: the value is a bucket), u32 where its key is, counted from here, u32 key bytes, u32 value bytes
///   bucket u64 root page, u64; with root 0 its only page follows
/// </code>
/// </summary>
internal sealed class BoltFile : IDisposable
{
    private const int PageHeaderBytes = 16;
    private const int ElementBytes = 16;
    private const int BucketHeaderBytes = 16;
    private const int MetaBytes = 64;
    private const int MetaChecksumOffset = 56;
    private const uint Magic = 0xED0CDAED;
    private const uint Version = 2;
    private const int BranchFlag = 1;
    private const int LeafFlag = 2;
    private const uint BucketFlag = 1;
    private const int MaxDepth = 32;
    private const int SmallestPageBytes = 1024;
    private const int LargestPageBytes = 64 * 1024;

    private readonly SafeFileHandle _file;
    private readonly long _length;
    private readonly int _pageBytes;
    private readonly ulong _root;

    /// <exception cref="InvalidDataException">It is no such database, or neither of its meta pages is whole.</exception>
    public BoltFile(string path)
    {
        _file = File.OpenHandle(path, share: FileShare.ReadWrite);
        _length = RandomAccess.GetLength(_file);
        var found = FindMeta();
        (_pageBytes, _root) = found ?? throw new InvalidDataException("neither of the database's two meta pages is whole");
    }

    /// <summary>The keys and values of a bucket, in order of the keys.</summary>
    /// <exception cref="InvalidDataException">A page is damaged.</exception>
    public IEnumerable<(ReadOnlyMemory<byte> Key, ReadOnlyMemory<byte> Value)> ReadBucket(ReadOnlyMemory<byte> name)
    {
        foreach (var (key, value, isBucket) in Walk(ReadPage(_root), 0))
        {
            if (isBucket && key.Span.SequenceEqual(name.Span))
            {
                Require(value.Length >= BucketHeaderBytes, "a bucket is cut short");
                var root = BinaryPrimitives.ReadUInt64LittleEndian(value.Span);
                var page = root == 0 ? value[BucketHeaderBytes..] : ReadPage(root);
                return Walk(page, 0).Select(item => (item.Key, item.Value));
            }
        }

        return [];
    }

    public void Dispose() => _file.Dispose();

    /// <summary>The two meta pages lie at the beginning; how large a page is stands in them.</summary>
    private (int PageBytes, ulong Root)? FindMeta()
    {
        (ulong Transaction, int PageBytes, ulong Root)? newest = null;
        for (var size = SmallestPageBytes; size <= LargestPageBytes; size *= 2)
        {
            foreach (var offset in (ReadOnlySpan<long>)[0, size])
            {
                if (TryReadMeta(offset) is { } meta && meta.PageBytes == size && (newest is null || meta.Transaction > newest.Value.Transaction))
                {
                    newest = meta;
                }
            }
        }

        return newest is { } found ? (found.PageBytes, found.Root) : null;
    }

    private (ulong Transaction, int PageBytes, ulong Root)? TryReadMeta(long offset)
    {
        Span<byte> meta = stackalloc byte[MetaBytes];
        if (RandomAccess.Read(_file, meta, offset + PageHeaderBytes) < MetaBytes
            || BinaryPrimitives.ReadUInt32LittleEndian(meta) != Magic
            || BinaryPrimitives.ReadUInt32LittleEndian(meta[4..]) != Version
            || BinaryPrimitives.ReadUInt64LittleEndian(meta[MetaChecksumOffset..]) != Fnv1a(meta[..MetaChecksumOffset]))
        {
            return null;
        }

        return (
            BinaryPrimitives.ReadUInt64LittleEndian(meta[48..]),
            BinaryPrimitives.ReadInt32LittleEndian(meta[8..]),
            BinaryPrimitives.ReadUInt64LittleEndian(meta[16..]));
    }

    private IEnumerable<(ReadOnlyMemory<byte> Key, ReadOnlyMemory<byte> Value, bool IsBucket)> Walk(ReadOnlyMemory<byte> page, int depth)
    {
        Require(page.Length >= PageHeaderBytes && depth < MaxDepth, "a page is cut short, or pages go round in a circle");
        var flags = BinaryPrimitives.ReadUInt16LittleEndian(page.Span[8..]);
        var count = BinaryPrimitives.ReadUInt16LittleEndian(page.Span[10..]);
        Require(flags is BranchFlag or LeafFlag, "a page of the tree is of another kind");
        for (var i = 0; i < count; i++)
        {
            var at = PageHeaderBytes + (i * ElementBytes);
            Require(at + ElementBytes <= page.Length, "a page is cut short");
            var element = page[at..];
            if (flags == BranchFlag)
            {
                foreach (var below in Walk(ReadPage(BinaryPrimitives.ReadUInt64LittleEndian(element.Span[8..])), depth + 1))
                {
                    yield return below;
                }
            }
            else
            {
                yield return ReadLeaf(element);
            }
        }
    }

    private static (ReadOnlyMemory<byte> Key, ReadOnlyMemory<byte> Value, bool IsBucket) ReadLeaf(ReadOnlyMemory<byte> element)
    {
        var flags = BinaryPrimitives.ReadUInt32LittleEndian(element.Span);
        long key = BinaryPrimitives.ReadUInt32LittleEndian(element.Span[4..]);
        long keyBytes = BinaryPrimitives.ReadUInt32LittleEndian(element.Span[8..]);
        long valueBytes = BinaryPrimitives.ReadUInt32LittleEndian(element.Span[12..]);
        Require(key + keyBytes + valueBytes <= element.Length, "an entry goes beyond its page");
        return (
            element.Slice((int)key, (int)keyBytes),
            element.Slice((int)(key + keyBytes), (int)valueBytes),
            (flags & BucketFlag) != 0);
    }

    private byte[] ReadPage(ulong id)
    {
        Span<byte> header = stackalloc byte[PageHeaderBytes];
        Require(id < (ulong)(_length / _pageBytes), $"page {id} is beyond the end of the file");
        var offset = (long)id * _pageBytes;
        Require(RandomAccess.Read(_file, header, offset) == PageHeaderBytes, $"page {id} is cut short");
        Require(BinaryPrimitives.ReadUInt64LittleEndian(header) == id, $"page {id} is damaged");
        var bytes = (1L + BinaryPrimitives.ReadUInt32LittleEndian(header[12..])) * _pageBytes;
        Require(offset + bytes <= _length && bytes <= Array.MaxLength, $"page {id} goes beyond the end of the file");
        var page = new byte[bytes];
        Require(RandomAccess.Read(_file, page, offset) == bytes, $"page {id} is cut short");
        return page;
    }

    private static ulong Fnv1a(ReadOnlySpan<byte> bytes)
    {
        var hash = 0xCBF29CE484222325;
        foreach (var value in bytes)
        {
            hash = (hash ^ value) * 0x100000001B3;
        }

        return hash;
    }

    private static void Require(bool condition, string reason)
    {
        if (!condition)
        {
            throw new InvalidDataException(reason);
        }
    }
}
