using System.Text;
using Bayou.Load.Logs;
using Bayou.Load.Nats;
using Bayou.Load.Protocol;

namespace Bayou.Load.Stan;

/// <summary>Publishes to a STAN channel: a <c>PubMsg</c> prepared once, with the number of the message in its guid.</summary>
public sealed class StanPublishPort : IPublishPort
{
    private readonly StanSession _session;
    private readonly byte[] _guidPrefix = Encoding.ASCII.GetBytes(UniqueName.Token()[..10]);
    private readonly byte[] _operation;
    private readonly int _numberOffset;
    private readonly int _stampOffset;
    private readonly int _ackSid;

    public StanPublishPort(StanSession session, string channel, int sizeBytes)
    {
        _session = session;
        string ackInbox = "_STAN.acks." + UniqueName.Token();
        _ackSid = session.Connection.Subscribe(ackInbox);

        // 22 characters, as many as the guids of the common clients have.
        byte[] guid = [.. _guidPrefix, .. new byte[HexNumber.Width]];
        byte[] data = Payload.Create(sizeBytes);
        var message = new ProtobufWriter().Field(1, session.ClientId).Field(2, guid);
        int guidEnd = message.Length;
        message.Field(3, channel).Field(5, data);
        int dataEnd = message.Length;
        byte[] encoded = message.Field(6, session.ConnId).ToArray();

        _operation = PublishOperation.Encode(session.PublishSubject(channel), ackInbox, encoded);
        int start = _operation.Length - 2 - encoded.Length;
        _numberOffset = start + guidEnd - HexNumber.Width;
        _stampOffset = start + dataEnd - data.Length;
    }

    public NatsConnection Connection => _session.Connection;

    public void Write(OutputBuffer output, Stamp stamp)
    {
        var target = output.Take(_operation.Length);
        _operation.CopyTo(target);
        HexNumber.Write(target[_numberOffset..], stamp.Number);
        stamp.Write(target[_stampOffset..]);
    }

    public long? ReadAck(in Message message)
    {
        if (message.Sid != _ackSid)
            return _session.TryAnswerHeartbeat(message) ? null : throw new LoadException("Something else than an acknowledgement arrived at a publisher.");
        if (message.IsNoResponders)
            throw new LoadException("No streaming server takes publishes.");

        ReadOnlySpan<byte> guid = default;
        var fields = new ProtobufReader(message.Payload);
        while (fields.Next())
        {
            if (fields.Field == 2)
                throw new LoadException($"The server refused a publish: {Encoding.UTF8.GetString(fields.Bytes)}");
            guid = fields.Bytes;
        }

        if (!guid.StartsWith(_guidPrefix))
            throw new LoadException("An acknowledgement for a publish of somebody else arrived.");
        return HexNumber.Read(guid[_guidPrefix.Length..]);
    }

    public void Close() => _session.Close();
}
