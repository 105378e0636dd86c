using System.Text;
using Bayou.Load.Logs;
using Bayou.Load.Nats;
using Bayou.Load.Protocol;

namespace Bayou.Load.JetStream;

/// <summary>
/// Receives from a durable consumer and acknowledges each message with <c>+ACK</c>. With <paramref name="pullRequest"/>, a
/// ready-made <c>PUB</c> for the next half batch, it asks for more whenever half of what it asked for has arrived.
/// </summary>
public sealed class JetStreamSubscribePort(NatsConnection connection, byte[]? pullRequest, int halfBatch) : ISubscribePort
{
    private int _sinceRequest;

    public NatsConnection Connection => connection;

    public bool TryAccept(in Message message, OutputBuffer acks, out ReadOnlySpan<byte> payload)
    {
        if (!message.ReplyTo.StartsWith("$JS.ACK."u8))
            throw new LoadException($"The consumer sent a status instead of a message: {Encoding.UTF8.GetString(message.Headers)}");

        payload = message.Payload;
        WriteAck(acks, message.ReplyTo);
        if (pullRequest is not null && ++_sinceRequest == halfBatch)
        {
            _sinceRequest = 0;
            acks.Write(pullRequest);
        }

        return true;
    }

    public void Close() => connection.RoundTrip();

    private static void WriteAck(OutputBuffer acks, ReadOnlySpan<byte> ackSubject)
    {
        var end = " 4\r\n+ACK\r\n"u8;
        var target = acks.Take("PUB "u8.Length + ackSubject.Length + end.Length);
        "PUB "u8.CopyTo(target);
        ackSubject.CopyTo(target["PUB "u8.Length..]);
        end.CopyTo(target[^end.Length..]);
    }
}
