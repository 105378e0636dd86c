using System.Text;

namespace Bayou.TestKit.Nats;

/// <summary>A message as it came off the wire.</summary>
/// <param name="Order">Its place among all messages of the connection, from 1.</param>
/// <param name="Headers">The header block, or an empty text.</param>
public sealed record NatsMessage(long Order, string Subject, string ReplyTo, string Headers, byte[] Payload)
{
    public bool IsNoResponders => Headers.StartsWith("NATS/1.0 503", StringComparison.Ordinal);

    public string Text => Encoding.UTF8.GetString(Payload);
}
