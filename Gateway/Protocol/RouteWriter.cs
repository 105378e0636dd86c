using System.Globalization;
using System.Text;
using Bayou.Gateway.Routing;
using static Bayou.Gateway.Protocol.LineWriter;

namespace Bayou.Gateway.Protocol;

/// <summary>
/// Writes what the server sends over a route. Messages go into spans that the caller has measured:
/// <code>
/// RMSG account subject [reply | + reply queues | '|' queues] total\r\n payload \r\n
/// HMSG account subject [reply | + reply queues | '|' queues] headers total\r\n headers payload \r\n
/// </code>
/// </summary>
internal static class RouteWriter
{
    /// <summary>The account of everybody who has none, and the only one there is.</summary>
    public static ReadOnlySpan<byte> Account => "$G"u8;

    /// <summary>Bytes that <see cref="WriteMessage"/> writes.</summary>
    public static int MeasureMessage(
        in PublishedMessage message, ReadOnlySpan<byte> queueGroups, ReadOnlySpan<byte> plainSizeDigits, bool withHeaders)
    {
        int length = "RMSG "u8.Length + Account.Length + 1 + message.Subject.Length + 1 + message.Payload.Length + 2 + 2;
        if (!message.ReplyTo.IsEmpty) length += message.ReplyTo.Length + 1;
        if (!queueGroups.IsEmpty) length += 2 + queueGroups.Length + 1;
        return withHeaders
            ? length + message.HeaderSizeDigits.Length + 1 + message.TotalSizeDigits.Length + message.Headers.Length
            : length + plainSizeDigits.Length;
    }

    /// <summary>Writes a message. <paramref name="queueGroups"/> are names with single blanks between them.</summary>
    /// <returns>The bytes written.</returns>
    public static int WriteMessage(
        Span<byte> destination, in PublishedMessage message, ReadOnlySpan<byte> queueGroups, ReadOnlySpan<byte> plainSizeDigits, bool withHeaders)
    {
        int position = Append(destination, 0, withHeaders ? "HMSG "u8 : "RMSG "u8);
        position = AppendWord(destination, position, Account);
        position = AppendWord(destination, position, message.Subject);
        if (!queueGroups.IsEmpty) position = Append(destination, position, message.ReplyTo.IsEmpty ? "| "u8 : "+ "u8);
        if (!message.ReplyTo.IsEmpty) position = AppendWord(destination, position, message.ReplyTo);
        if (!queueGroups.IsEmpty) position = AppendWord(destination, position, queueGroups);
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

    /// <summary>The line that begins, changes or (with a weight of 0) ends interest in a subject.</summary>
    /// <param name="subject">The subject or pattern.</param>
    /// <param name="queueGroup">The queue group; empty for plain interest.</param>
    /// <param name="weight">Members of the queue group, or plain subscriptions, that this server has.</param>
    public static byte[] InterestLine(ReadOnlySpan<byte> subject, ReadOnlySpan<byte> queueGroup, int weight)
    {
        ReadOnlySpan<byte> verb = weight > 0 ? "RS+ "u8 : "RS- "u8;
        if (queueGroup.IsEmpty) return [.. verb, .. Account, (byte)' ', .. subject, .. "\r\n"u8];
        byte[] end = weight > 0 ? Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $" {weight}\r\n")) : "\r\n"u8.ToArray();
        return [.. verb, .. Account, (byte)' ', .. subject, (byte)' ', .. queueGroup, .. end];
    }
}
