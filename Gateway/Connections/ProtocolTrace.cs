using System.Text;
using System.Text.RegularExpressions;
using Bayou.Gateway.Routing;
using Microsoft.Extensions.Logging;

namespace Bayou.Gateway.Connections;

/// <summary>
/// Writes to the log what goes in and out of one connection, in nats-server's form. A connection has one only where tracing
/// was asked for, so that nobody else pays for it.
/// </summary>
internal sealed partial class ProtocolTrace(ILogger logger, Connection connection, int maxPayloadBytes)
{
    /// <summary>An operation that arrived, without its payload. Secrets are left out.</summary>
    public void OnReceived(ReadOnlySpan<byte> verb, ReadOnlySpan<byte> arguments)
    {
        string name = Text(verb).ToUpperInvariant();
        if (name is "INFO" or "-ERR") return;
        string text = Text(arguments);
        if (name == "CONNECT") text = Secrets().Replace(text, "[REDACTED]");
        LogReceived(logger, connection, arguments.IsEmpty ? name : $"{name} {text}");
    }

    /// <summary>A payload that arrived, headers in front.</summary>
    public void OnPayload(ReadOnlySpan<byte> headers, ReadOnlySpan<byte> payload)
    {
        byte[] bytes = [.. headers, .. payload];
        bool isCut = maxPayloadBytes > 0 && bytes.Length > maxPayloadBytes;
        string quoted = GoQuote.Quote(isCut ? bytes.AsSpan(0, maxPayloadBytes) : bytes);
        LogPayload(logger, connection, isCut ? $"{quoted[..(maxPayloadBytes + 1)]}...\"" : quoted);
    }

    /// <summary>A control line that leaves. What describes the server or stands in for a missing responder is not shown.</summary>
    public void OnSent(ReadOnlySpan<byte> line)
    {
        if (line.StartsWith("INFO "u8) || line.StartsWith("HMSG "u8)) return;
        string text = Text(line).TrimEnd();
        if (text.StartsWith("-ERR '", StringComparison.Ordinal)) text = $"-ERR {text["-ERR '".Length..^1]}";
        LogSent(logger, connection, text.TrimStart('+'));
    }

    /// <summary>A message that leaves, without its payload.</summary>
    public void OnDelivered(in PublishedMessage message, ReadOnlySpan<byte> sid, ReadOnlySpan<byte> plainSizeDigits, bool withHeaders)
    {
        var line = new StringBuilder(withHeaders ? "HMSG " : "MSG ").Append(Text(message.Subject)).Append(' ').Append(Text(sid)).Append(' ');
        if (!message.ReplyTo.IsEmpty) line.Append(Text(message.ReplyTo)).Append(' ');
        if (withHeaders) line.Append(Text(message.HeaderSizeDigits)).Append(' ').Append(Text(message.TotalSizeDigits));
        else line.Append(Text(plainSizeDigits));
        LogSent(logger, connection, line.ToString());
    }

    /// <summary>A subscription that ended, for whatever reason.</summary>
    public void OnSubscriptionEnded(ReadOnlySpan<byte> sid) => LogEnded(logger, connection, Text(sid));

    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes);

    [GeneratedRegex("""(?<="(pass|auth_token|jwt|nkey|sig)"\s*:\s*")([^"\\]|\\.)*""", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Secrets();

    [LoggerMessage(1101, LogLevel.Trace, "{Connection} - <<- [{Operation}]")]
    private static partial void LogReceived(ILogger logger, Connection connection, string operation);

    [LoggerMessage(1102, LogLevel.Trace, "{Connection} - <<- MSG_PAYLOAD: [{Payload}]")]
    private static partial void LogPayload(ILogger logger, Connection connection, string payload);

    [LoggerMessage(1103, LogLevel.Trace, "{Connection} - ->> [{Operation}]")]
    private static partial void LogSent(ILogger logger, Connection connection, string operation);

    [LoggerMessage(1104, LogLevel.Trace, "{Connection} - <-> [DELSUB {Sid}]")]
    private static partial void LogEnded(ILogger logger, Connection connection, string sid);
}
