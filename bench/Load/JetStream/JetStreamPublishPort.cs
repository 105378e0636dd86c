using System.Text;
using Bayou.Load.Logs;
using Bayou.Load.Nats;
using Bayou.Load.Protocol;

namespace Bayou.Load.JetStream;

/// <summary>Publishes to a stream with a reply inbox whose last token is the number of the message, as common clients do.</summary>
public sealed class JetStreamPublishPort : IPublishPort
{
    private readonly byte[] _operation;
    private readonly int _numberOffset;
    private readonly int _stampOffset;
    private readonly int _ackSid;

    public JetStreamPublishPort(NatsConnection connection, string subject, int sizeBytes)
    {
        Connection = connection;
        string inbox = UniqueName.Inbox();
        _ackSid = connection.Subscribe(inbox + ".*");
        string start = $"PUB {subject} {inbox}.";
        _numberOffset = start.Length;
        byte[] payload = Payload.Create(sizeBytes);
        _operation = [.. Encoding.UTF8.GetBytes($"{start}{new string('0', HexNumber.Width)} {sizeBytes}\r\n"), .. payload, .. "\r\n"u8];
        _stampOffset = _operation.Length - 2 - sizeBytes;
    }

    public NatsConnection Connection { get; }

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
            throw new LoadException("Something else than an acknowledgement arrived at a publisher.");
        if (message.IsNoResponders)
            throw new LoadException("No stream takes publishes on this subject.");
        if (!message.Payload.StartsWith("{\"stream\":"u8) || message.Payload.IndexOf("\"error\""u8) >= 0)
            throw new LoadException($"The server refused a publish: {Encoding.UTF8.GetString(message.Payload)}");
        return HexNumber.Read(message.Subject[^HexNumber.Width..]);
    }

    public void Close() => Connection.RoundTrip();
}
