using System.Buffers.Binary;
using Bayou.Records;

namespace Bayou.Storage.Identity;

/// <summary>
/// IDENT.a and IDENT.b, two copies of who the directory belongs to, written one after the other so that one is always whole.
/// <code>
///   0  u32 magic 'BYID'     8  u64 epoch          32  cluster, 16 bytes
///   4  u16 version         16  silo, 16 bytes     48  u64 newest journal file that exists for sure
///   6  u16 1 = formatted                          56  u32 number of starts, 60 u32 CRC-32C of all other bytes
///  64  starts, u64 each, the latest first
/// </code>
/// Both are durable before the store is open, and so before anybody can hear of the start that they tell of: epochs only grow.
/// </summary>
internal static class IdentityFile
{
    private const uint Magic = 0x44495942;
    private const ushort Version = 2;
    private const int Bytes = 4096;
    private const int CountOffset = 56;
    private const int CrcOffset = 60;
    private const int StartsOffset = 64;

    /// <summary>Starts that are remembered: more than a server has that does not live long enough to hear which of them the others know.</summary>
    public const int MaxStarts = (Bytes - StartsOffset) / sizeof(ulong);

    private static readonly string[] Copies = ["IDENT.a", "IDENT.b"];

    /// <summary>What the newer of the readable copies says; null where there is none.</summary>
    public static StoredIdentity? Read(IDisk disk, Action<string> log)
    {
        StoredIdentity? newest = null;
        foreach (var path in Copies.Where(disk.Exists))
        {
            if (TryRead(disk, path, out var identity))
            {
                newest = newest is { } other && other.Identity.Epoch >= identity.Identity.Epoch ? newest : identity;
            }
            else
            {
                log($"{path} cannot be read; the other copy is used and both are written anew.");
            }
        }

        return newest;
    }

    /// <summary>Writes both copies, each durable before the next is touched.</summary>
    public static void Write(IDisk disk, StoredIdentity identity)
    {
        Span<byte> bytes = stackalloc byte[Bytes];
        bytes.Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, Magic);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[4..], Version);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[6..], (ushort)(identity.IsFormatted ? 1 : 0));
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[8..], identity.Identity.Epoch);
        identity.Identity.Silo.TryWriteBytes(bytes[16..]);
        identity.Identity.Cluster.TryWriteBytes(bytes[32..]);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[48..], identity.JournalFile);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[CountOffset..], (uint)identity.Starts.Count);
        for (var i = 0; i < identity.Starts.Count; i++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(bytes[(StartsOffset + (i * sizeof(ulong)))..], identity.Starts[i].Value);
        }

        BinaryPrimitives.WriteUInt32LittleEndian(bytes[CrcOffset..], Checksum.Crc32C(bytes));
        foreach (var path in Copies)
        {
            var isNew = !disk.Exists(path);
            using var file = disk.Open(path, create: true);
            file.Write(bytes, 0);
            file.Sync();
            if (isNew)
            {
                disk.SyncDirectory("");
            }
        }
    }

    private static bool TryRead(IDisk disk, string path, out StoredIdentity identity)
    {
        identity = default;
        Span<byte> bytes = stackalloc byte[Bytes];
        using var file = disk.OpenUncached(path);
        if (file.Read(bytes, 0) < Bytes
            || BinaryPrimitives.ReadUInt32LittleEndian(bytes) != Magic
            || BinaryPrimitives.ReadUInt16LittleEndian(bytes[4..]) != Version
            || !IsWhole(bytes))
        {
            return false;
        }

        var starts = new SiloStart[Math.Min(BinaryPrimitives.ReadUInt32LittleEndian(bytes[CountOffset..]), MaxStarts)];
        for (var i = 0; i < starts.Length; i++)
        {
            starts[i] = new SiloStart(BinaryPrimitives.ReadUInt64LittleEndian(bytes[(StartsOffset + (i * sizeof(ulong)))..]));
        }

        identity = new StoredIdentity(
            new SiloIdentity(
                new Guid(bytes.Slice(16, 16)), new Guid(bytes.Slice(32, 16)), BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..])),
            BinaryPrimitives.ReadUInt16LittleEndian(bytes[6..]) == 1,
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[48..]),
            starts);
        return true;
    }

    private static bool IsWhole(Span<byte> bytes)
    {
        var checksum = BinaryPrimitives.ReadUInt32LittleEndian(bytes[CrcOffset..]);
        bytes[CrcOffset..StartsOffset].Clear();
        return Checksum.Crc32C(bytes) == checksum;
    }
}
