using System.Buffers;
using Orleans.Serialization.Buffers;
using Orleans.Serialization.Cloning;
using Orleans.Serialization.Codecs;
using Orleans.Serialization.WireProtocol;

namespace Bayou.Grains.Interfaces.Messages;

/// <summary>Writes a <see cref="BatchBytes"/> as a length and its bytes; inside a silo it is passed on as it is.</summary>
[RegisterSerializer, RegisterCopier]
public sealed class BatchBytesCodec : IFieldCodec<BatchBytes>, IDeepCopier<BatchBytes>
{
    public void WriteField<TBufferWriter>(ref Writer<TBufferWriter> writer, uint fieldIdDelta, Type? expectedType, BatchBytes? value)
        where TBufferWriter : IBufferWriter<byte>
    {
        if (ReferenceCodec.TryWriteReferenceField(ref writer, fieldIdDelta, expectedType!, value!) || value is null)
        {
            return;
        }

        writer.WriteFieldHeader(fieldIdDelta, expectedType, typeof(BatchBytes), WireType.LengthPrefixed);
        writer.WriteVarUInt32((uint)value.Bytes.Length);
        writer.Write(value.Bytes.Span);
    }

    public BatchBytes ReadValue<TInput>(ref Reader<TInput> reader, Field field)
    {
        if (field.WireType == WireType.Reference)
        {
            return ReferenceCodec.ReadReference<BatchBytes, TInput>(ref reader, field)!;
        }

        field.EnsureWireType(WireType.LengthPrefixed);
        var bytes = GC.AllocateUninitializedArray<byte>(checked((int)reader.ReadVarUInt32()));
        reader.ReadBytes(bytes.AsSpan());
        var value = new BatchBytes(bytes);
        ReferenceCodec.RecordObject(reader.Session, value);
        return value;
    }

    public BatchBytes? DeepCopy(BatchBytes? input, CopyContext context) => input;
}
