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
        var message = new StanPublish(session, channel, guid, Payload.Create(sizeBytes));
        _operation = PublishOperation.Encode(session.PublishSubject(channel), ackInbox, message.Bytes);
        int start = _operation.Length - 2 - message.Bytes.Length;
        _numberOffset = start + message.GuidOffset + _guidPrefix.Length;
        _stampOffset = start + message.DataOffset;
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
        var guid = StanPublish.ReadAck(message.Payload);
        if (!guid.StartsWith(_guidPrefix))
            throw new LoadException("An acknowledgement for a publish of somebody else arrived.");
        return HexNumber.Read(guid[_guidPrefix.Length..]);
    }

    public void Close() => _session.Close();
}
