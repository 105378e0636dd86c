using Bayou.Gateway.Routing;
using static Bayou.Gateway.Protocol.LineWriter;

namespace Bayou.Gateway.Protocol;

/// <summary>
/// Writes what the server sends to a client into spans that the caller has measured:
/// <code>
/// MSG subject sid [reply] total\r\n payload \r\n
/// HMSG subject sid [reply] headers total\r\n headers payload \r\n
/// </code>
/// </summary>
internal static class ServerWriter
{
    public static ReadOnlySpan<byte> Ok => "+OK\r\n"u8;

    public static ReadOnlySpan<byte> Ping => "PING\r\n"u8;

    public static ReadOnlySpan<byte> Pong => "PONG\r\n"u8;

    /// <summary>Header block that tells a requester that nobody listens.</summary>
    public static ReadOnlySpan<byte> NoResponders => "NATS/1.0 503\r\n\r\n"u8;

    /// <summary>Bytes that <see cref="WriteMessage"/> writes.</summary>
    public static int MeasureMessage(in PublishedMessage message, ReadOnlySpan<byte> sid, ReadOnlySpan<byte> plainSizeDigits, bool withHeaders)
    {
        int length = message.Subject.Length + sid.Length + message.Payload.Length + "MSG "u8.Length + 2 + 2 + 2;
        if (!message.ReplyTo.IsEmpty) length += message.ReplyTo.Length + 1;
        return withHeaders
            ? length + 1 + message.HeaderSizeDigits.Length + 1 + message.TotalSizeDigits.Length + message.Headers.Length
            : length + plainSizeDigits.Length;
    }

    /// <summary>Writes a message. <paramref name="plainSizeDigits"/> is the length of the payload alone.</summary>
    /// <returns>The bytes written.</returns>
    public static int WriteMessage(
        Span<byte> destination, in PublishedMessage message, ReadOnlySpan<byte> sid, ReadOnlySpan<byte> plainSizeDigits, bool withHeaders)
    {
        int position = Append(destination, 0, withHeaders ? "HMSG "u8 : "MSG "u8);
        position = AppendWord(destination, position, message.Subject);
        position = AppendWord(destination, position, sid);
        if (!message.ReplyTo.IsEmpty) position = AppendWord(destination, position, message.ReplyTo);
        if (withHeaders)
        {
            position = AppendWord(destination, position, message.HeaderSizeDigits);
            position = AppendLine(destination, position, message.TotalSizeDigits);
            position = Append(destination, position, message.Headers);
        }
        else
        {
            position = AppendLine(destination, position, plainSizeDigits);
        }

        return AppendLine(destination, position, message.Payload);
    }
}
