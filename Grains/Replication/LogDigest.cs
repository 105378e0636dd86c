using System.Buffers.Binary;
using System.IO.Hashing;

namespace Bayou.Grains.Replication;

/// <summary>
/// Finds replicas that differ although they should not, by what no checksum of a single entry can show. Every replica hashes what
/// it applies. From time to time the leader puts a mark into the log: at a mark each replica notes its hash, and the next mark
/// carries what the leader noted at the one before. Who noted something else there has diverged.
/// <code>
///   mark: u8 'H'   u8 version = 1   u64 index of the mark before, 0 for none   u64 what the leader noted there
/// </code>
/// </summary>
internal struct LogDigest
{
    public const byte MarkByte = (byte)'H';

    private const byte FormatVersion = 1;
    private const int MarkBytes = 18;

    /// <summary>Hash of all commands so far, each seeded with the one before.</summary>
    public ulong Chain { get; set; }

    /// <summary>Log index of the last mark; 0 before the first.</summary>
    public ulong MarkIndex { get; set; }

    /// <summary>What was noted there.</summary>
    public ulong MarkHash { get; set; }

    public static bool IsMark(ReadOnlySpan<byte> command) => command.Length == MarkBytes && command[0] == MarkByte && command[1] == FormatVersion;

    public void Add(ReadOnlySpan<byte> command) => Chain = XxHash3.HashToUInt64(command, unchecked((long)Chain));

    /// <summary>The leader's next mark.</summary>
    public readonly byte[] NextMark()
    {
        var mark = new byte[MarkBytes];
        mark[0] = MarkByte;
        mark[1] = FormatVersion;
        BinaryPrimitives.WriteUInt64LittleEndian(mark.AsSpan(2), MarkIndex);
        BinaryPrimitives.WriteUInt64LittleEndian(mark.AsSpan(10), MarkHash);
        return mark;
    }

    /// <summary>Takes a mark; false if the leader noted something else at the mark before.</summary>
    public bool TryPass(ReadOnlySpan<byte> mark, ulong index, ReadOnlySpan<byte> state)
    {
        var previous = BinaryPrimitives.ReadUInt64LittleEndian(mark[2..]);
        var agrees = previous == 0 || previous != MarkIndex || BinaryPrimitives.ReadUInt64LittleEndian(mark[10..]) == MarkHash;
        MarkIndex = index;
        MarkHash = XxHash3.HashToUInt64(state, unchecked((long)Chain));
        return agrees;
    }
}
