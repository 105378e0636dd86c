using System.Text;
using Bayou.Load.Protocol;

namespace Bayou.Load.Stan;

/// <summary>A <c>PubMsg</c>, with the places of its guid and its data.</summary>
public sealed class StanPublish
{
    public StanPublish(StanSession session, string channel, ReadOnlySpan<byte> guid, ReadOnlySpan<byte> data)
    {
        var message = new ProtobufWriter().Field(1, session.ClientId).Field(2, guid);
        GuidOffset = message.Length - guid.Length;
        message.Field(3, channel).Field(5, data);
        DataOffset = message.Length - data.Length;
        Bytes = message.Field(6, session.ConnId).ToArray();
    }

    public byte[] Bytes { get; }

    public int GuidOffset { get; }

    public int DataOffset { get; }

    /// <summary>The guid that a <c>PubAck</c> is for. Throws when the ack carries an error.</summary>
    public static ReadOnlySpan<byte> ReadAck(ReadOnlySpan<byte> ack)
    {
        ReadOnlySpan<byte> guid = default;
        var fields = new ProtobufReader(ack);
        while (fields.Next())
        {
            if (fields.Field == 2)
                throw new LoadException($"The server refused a publish: {Encoding.UTF8.GetString(fields.Bytes)}");
            guid = fields.Bytes;
        }

        return guid;
    }
}
