using System.Buffers.Binary;

namespace Bayou.Storage.Journal;

/// <summary>
/// A fault in 24 bytes, in the journal and in a checkpoint: u64 known term, u64 known index, u32 flags, u32 zero. Without flags
/// there is no fault.
/// </summary>
internal static class FaultCodec
{
    public const int Bytes = 24;
    private const uint Present = 1;
    private const uint LacksEntries = 2;
    private const uint LacksHardState = 4;

    public static void Write(Span<byte> bytes, GroupFault? fault)
    {
        bytes[..Bytes].Clear();
        if (fault is not null)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(bytes, fault.KnownTerm);
            BinaryPrimitives.WriteUInt64LittleEndian(bytes[8..], fault.KnownIndex);
            BinaryPrimitives.WriteUInt32LittleEndian(
                bytes[16..], Present | (fault.MayLackEntries ? LacksEntries : 0) | (fault.MayLackHardState ? LacksHardState : 0));
        }
    }

    public static GroupFault? Read(ReadOnlySpan<byte> bytes)
    {
        var flags = BinaryPrimitives.ReadUInt32LittleEndian(bytes[16..]);
        return flags == 0 ? null : new GroupFault
        {
            KnownTerm = BinaryPrimitives.ReadUInt64LittleEndian(bytes),
            KnownIndex = BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]),
            MayLackEntries = (flags & LacksEntries) != 0,
            MayLackHardState = (flags & LacksHardState) != 0,
        };
    }
}
