using System.Text;
using Bayou.Load.Logs;
using Bayou.Load.Nats;
using Bayou.Load.Protocol;

namespace Bayou.Load.Stan;

/// <summary>
/// Receives from a STAN channel and acknowledges each message, as the common clients do when left alone.
/// The channel's sequence numbers must follow each other without a gap.
/// </summary>
public sealed class StanSubscribePort : ISubscribePort
{
    private readonly StanSession _session;
    private readonly byte[] _channel;
    private readonly byte[] _ackStart;
    private readonly int _deliverySid;
    private ulong _lastSequence;

    public StanSubscribePort(StanSession session, string channel, int maxInFlight, LogStart start)
    {
        _session = session;
        string inbox = UniqueName.Inbox();
        _deliverySid = session.Connection.Subscribe(inbox);
        string ackInbox = session.Subscribe(channel, inbox, maxInFlight, start == LogStart.First ? StartPosition.First : StartPosition.NewOnly);
        _channel = new ProtobufWriter().Field(1, channel).ToArray();
        _ackStart = Encoding.UTF8.GetBytes($"PUB {ackInbox} ");
    }

    public NatsConnection Connection => _session.Connection;

    public bool TryAccept(in Message message, OutputBuffer acks, out ReadOnlySpan<byte> payload)
    {
        payload = default;
        if (message.Sid != _deliverySid)
            return _session.TryAnswerHeartbeat(message) ? false : throw new LoadException("Something else than a message arrived at a subscriber.");

        ulong sequence = 0;
        var fields = new ProtobufReader(message.Payload);
        while (fields.Next())
        {
            switch (fields.Field)
            {
                case 1: sequence = fields.Number; break;
                case 4: payload = fields.Bytes; break;
                case 6: throw new LoadException($"Message {sequence} was redelivered although it was acknowledged in time.");
                default: break;
            }
        }

        CheckSequence(sequence);
        WriteAck(acks, sequence);
        return true;
    }

    public void Close() => _session.Close();

    private void CheckSequence(ulong sequence)
    {
        if (sequence == 0 || (_lastSequence != 0 && sequence != _lastSequence + 1))
            throw new LoadException($"Sequence {sequence} followed {_lastSequence}.");
        _lastSequence = sequence;
    }

    // PUB <ack inbox> <bytes>, then Ack { 1: channel, 2: sequence }. The size has two digits or more only for long channel names.
    private void WriteAck(OutputBuffer acks, ulong sequence)
    {
        int size = _channel.Length + 1 + Varint.Size(sequence);
        Span<byte> digits = stackalloc byte[8];
        size.TryFormat(digits, out int digitCount);
        var target = acks.Take(_ackStart.Length + digitCount + 2 + size + 2);
        _ackStart.CopyTo(target);
        target = target[_ackStart.Length..];
        digits[..digitCount].CopyTo(target);
        target = target[digitCount..];
        "\r\n"u8.CopyTo(target);
        target = target[2..];
        _channel.CopyTo(target);
        target = target[_channel.Length..];
        target[0] = 2 << 3;
        int end = 1 + Varint.Write(target[1..], sequence);
        "\r\n"u8.CopyTo(target[end..]);
    }
}
