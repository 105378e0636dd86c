using System.Buffers.Binary;

namespace Bayou.Load.Protocol;

/// <summary>
/// The first eight bytes of every payload: which publisher sent it, as which of its messages, and whether it is the
/// publisher's last. This is what makes a lost, doubled or reordered message visible to every subscriber.
/// </summary>
public readonly record struct Stamp(int Publisher, long Number, bool IsLast)
{
    /// <summary>The smallest payload that can be checked.</summary>
    public const int Size = 8;

    /// <summary>Publishers that a stamp can tell apart.</summary>
    public const int MaxPublishers = 1 << 15;

    private const ulong LastFlag = 1UL << 63;
    private const int PublisherShift = 48;
    private const ulong NumberMask = (1UL << PublisherShift) - 1;

    public void Write(Span<byte> payload) =>
        BinaryPrimitives.WriteUInt64LittleEndian(payload, (ulong)Number | ((ulong)Publisher << PublisherShift) | (IsLast ? LastFlag : 0));

    public static Stamp Read(ReadOnlySpan<byte> payload)
    {
        ulong bits = BinaryPrimitives.ReadUInt64LittleEndian(payload);
        return new Stamp((int)(bits >> PublisherShift) & (MaxPublishers - 1), (long)(bits & NumberMask), (bits & LastFlag) != 0);
    }
}
