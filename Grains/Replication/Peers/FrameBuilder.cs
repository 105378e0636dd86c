using System.Buffers;
using System.Buffers.Binary;
using Bayou.Raft;
using Bayou.Records;
using Google.Protobuf;

namespace Bayou.Grains.Replication.Peers;

/// <summary>Collects items into one frame. Its buffer is used again for the next.</summary>
internal sealed class FrameBuilder
{
    private const int ItemHeaderBytes = 5;

    private readonly ArrayBufferWriter<byte> _bytes = new(4096);

    public FrameBuilder() => Clear();

    public int Length => _bytes.WrittenCount;

    public bool IsEmpty => Length == FrameHeader.Bytes;

    public void Add(GroupId group, in RaftMessage message)
    {
        var length = RaftMessageCodec.Measure(message);
        RaftMessageCodec.Write(Item(FrameItem.Raft, length), group, message);
    }

    public void Add(FrameItem kind, IMessage content)
    {
        var length = content.CalculateSize();
        content.WriteTo(Item(kind, length));
    }

    /// <summary>The whole frame, until the next item is added or the builder is cleared.</summary>
    public ReadOnlyMemory<byte> Complete(in FrameHeader header)
    {
        var frame = System.Runtime.InteropServices.MemoryMarshal.AsMemory(_bytes.WrittenMemory);
        header.Write(frame.Span);
        return frame;
    }

    public void Clear()
    {
        _bytes.ResetWrittenCount();
        _bytes.GetSpan(FrameHeader.Bytes)[..FrameHeader.Bytes].Clear();
        _bytes.Advance(FrameHeader.Bytes);
    }

    private Span<byte> Item(FrameItem kind, int length)
    {
        var item = _bytes.GetSpan(ItemHeaderBytes + length)[..(ItemHeaderBytes + length)];
        item[0] = (byte)kind;
        BinaryPrimitives.WriteInt32LittleEndian(item[1..], length);
        _bytes.Advance(item.Length);
        return item[ItemHeaderBytes..];
    }
}
