using System.Buffers.Binary;
using Bayou.Import.Files;
using Bayou.Import.Wire;
using Google.Protobuf;

namespace Bayou.Unit.Import;

/// <summary>Files of a store, byte by byte.</summary>
internal sealed class StoreBytes(uint polynomial = Crc32.IeeePolynomial)
{
    private readonly List<byte> _bytes = [1, 0, 0, 0];
    private readonly List<byte> _index = [1, 0, 0, 0];
    private readonly Crc32 _checksum = new(polynomial);

    /// <summary>Where the next record begins.</summary>
    public int Length => _bytes.Count;

    public byte[] ToArray() => [.. _bytes];

    /// <summary>The index of the messages that were added.</summary>
    public byte[] ToIndex() => [.. _index];

    /// <summary>Adds a record; in typed files with its type.</summary>
    public StoreBytes Add(IMessage message, byte type = 0) => Add(message.ToByteArray(), type);

    public StoreBytes Add(byte[] body, byte type = 0)
    {
        Span<byte> header = stackalloc byte[8];
        BinaryPrimitives.WriteUInt32LittleEndian(header, ((uint)type << 24) | (uint)body.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(header[4..], _checksum.Of(body));
        _bytes.AddRange(header);
        _bytes.AddRange(body);
        return this;
    }

    /// <summary>Adds a message, and notes it in the index.</summary>
    public StoreBytes AddMessage(ulong sequence, byte[] data, long timestamp = 0, string reply = "")
    {
        var message = new MsgProto
        {
            Sequence = sequence,
            Data = ByteString.CopyFrom(data),
            Timestamp = timestamp == 0 ? (long)sequence * 1000 : timestamp,
            Reply = ByteString.CopyFromUtf8(reply),
        };
        Span<byte> entry = stackalloc byte[32];
        BinaryPrimitives.WriteUInt64LittleEndian(entry, sequence);
        BinaryPrimitives.WriteInt64LittleEndian(entry[8..], Length);
        BinaryPrimitives.WriteInt64LittleEndian(entry[16..], message.Timestamp);
        BinaryPrimitives.WriteInt32LittleEndian(entry[24..], message.CalculateSize());
        BinaryPrimitives.WriteUInt32LittleEndian(entry[28..], _checksum.Of(entry[..28]));
        _index.AddRange(entry);
        return Add(message);
    }

    public StoreBytes AddZeros(int count)
    {
        _bytes.AddRange(new byte[count]);
        return this;
    }
}
