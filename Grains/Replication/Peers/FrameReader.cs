using System.Buffers.Binary;

namespace Bayou.Grains.Replication.Peers;

/// <summary>Walks the items of a frame whose header was checked.</summary>
internal ref struct FrameReader(ReadOnlyMemory<byte> frame)
{
    private const int ItemHeaderBytes = 5;

    private ReadOnlyMemory<byte> _rest = frame[FrameHeader.Bytes..];

    /// <summary>The next item; false at the end.</summary>
    /// <exception cref="InvalidDataException">The frame ends inside an item: the sender speaks another format.</exception>
    public bool TryNext(out FrameItem kind, out ReadOnlyMemory<byte> content)
    {
        kind = default;
        content = default;
        if (_rest.IsEmpty)
        {
            return false;
        }

        var length = _rest.Length < ItemHeaderBytes ? -1 : BinaryPrimitives.ReadInt32LittleEndian(_rest.Span[1..]);
        if (length < 0 || length > _rest.Length - ItemHeaderBytes)
        {
            throw new InvalidDataException("A frame between silos ends inside an item.");
        }

        kind = (FrameItem)_rest.Span[0];
        content = _rest.Slice(ItemHeaderBytes, length);
        _rest = _rest[(ItemHeaderBytes + length)..];
        return true;
    }
}
