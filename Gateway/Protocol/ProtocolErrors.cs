using System.Text;
using Bayou.Gateway.Connections;

namespace Bayou.Gateway.Protocol;

/// <summary>What the server says and does about each <see cref="ProtocolError"/>. Clients recognise these texts, so they are nats-server's, to the letter.</summary>
internal static class ProtocolErrors
{
    /// <summary>The line to send; empty where the server says nothing, or where the text names a subject (see below).</summary>
    public static ReadOnlySpan<byte> Line(ProtocolError error) => error switch
    {
        ProtocolError.UnknownOperation => "-ERR 'Unknown Protocol Operation'\r\n"u8,
        ProtocolError.ControlLineTooLong => "-ERR 'maximum control line exceeded'\r\n"u8,
        ProtocolError.PayloadTooLarge => "-ERR 'Maximum Payload Violation'\r\n"u8,
        ProtocolError.AuthorizationViolation => "-ERR 'Authorization Violation'\r\n"u8,
        ProtocolError.AuthenticationTimeout => "-ERR 'Authentication Timeout'\r\n"u8,
        ProtocolError.InvalidClientProtocol => "-ERR 'invalid client protocol'\r\n"u8,
        ProtocolError.NoRespondersRequiresHeaders => "-ERR 'no responders requires headers support'\r\n"u8,
        ProtocolError.MaxConnectionsExceeded => "-ERR 'maximum connections exceeded'\r\n"u8,
        ProtocolError.StaleConnection => "-ERR 'Stale Connection'\r\n"u8,
        ProtocolError.MaxSubscriptionsExceeded => "-ERR 'maximum subscriptions exceeded'\r\n"u8,
        ProtocolError.InvalidSubject => "-ERR 'Invalid Subject'\r\n"u8,
        ProtocolError.InvalidPublishSubject => "-ERR 'Invalid Publish Subject'\r\n"u8,
        ProtocolError.None or ProtocolError.BadArguments or ProtocolError.ErrorFromClient or ProtocolError.ErrorFromRoute
            or ProtocolError.Rejected or ProtocolError.Undecided or ProtocolError.TooManyTokens or ProtocolError.SubscriptionViolation => default,
        _ => throw new ArgumentOutOfRangeException(nameof(error)),
    };

    /// <summary>Why a connection that made this error is closed; null where it stays open.</summary>
    public static ClosedReason? Closes(ProtocolError error) => error switch
    {
        ProtocolError.None or ProtocolError.Undecided or ProtocolError.MaxSubscriptionsExceeded or ProtocolError.InvalidSubject
            or ProtocolError.InvalidPublishSubject or ProtocolError.TooManyTokens or ProtocolError.SubscriptionViolation => null,
        ProtocolError.ControlLineTooLong => ClosedReason.MaxControlLineExceeded,
        ProtocolError.PayloadTooLarge => ClosedReason.MaxPayloadExceeded,
        ProtocolError.AuthorizationViolation => ClosedReason.AuthenticationFailure,
        ProtocolError.AuthenticationTimeout => ClosedReason.AuthenticationTimeout,
        ProtocolError.MaxConnectionsExceeded => ClosedReason.MaxConnectionsExceeded,
        ProtocolError.StaleConnection => ClosedReason.StaleConnection,
        ProtocolError.ErrorFromRoute => ClosedReason.ParseError,
        _ => ClosedReason.ProtocolViolation,
    };

    /// <summary>The line for a message whose reply subject the client may not use.</summary>
    public static byte[] ReplyViolationLine(ReadOnlySpan<byte> replyTo) => ViolationLine($"Publish with Reply of {GoQuote.Quote(replyTo)}");

    /// <summary>The line for a message to a subject that the client may not publish to.</summary>
    public static byte[] PublishViolationLine(ReadOnlySpan<byte> subject) => ViolationLine($"Publish to {GoQuote.Quote(subject)}");

    /// <summary>The line for <see cref="ProtocolError.TooManyTokens"/>.</summary>
    public static byte[] TooManyTokensLine(ReadOnlySpan<byte> subject) => ViolationLine($"Subscription to {GoQuote.Quote(subject)}, too many tokens");

    /// <summary>The line for <see cref="ProtocolError.SubscriptionViolation"/>.</summary>
    /// <param name="subject">The subject.</param>
    /// <param name="queueGroup">Name of the queue group; empty for none.</param>
    public static byte[] SubscriptionViolationLine(ReadOnlySpan<byte> subject, ReadOnlySpan<byte> queueGroup) =>
        ViolationLine($"Subscription to {GoQuote.Quote(subject)}{(queueGroup.IsEmpty ? "" : " using queue " + GoQuote.Quote(queueGroup))}");

    /// <summary>The line for a subscription that a client had, and may not have as the user that it is now.</summary>
    public static byte[] SubscriptionEndedLine(ReadOnlySpan<byte> subject, ReadOnlySpan<byte> sid) =>
        ViolationLine($"Subscription to {GoQuote.Quote(subject)} (sid {GoQuote.Quote(sid)})");

    private static byte[] ViolationLine(string violation) => Encoding.UTF8.GetBytes($"-ERR 'Permissions Violation for {violation}'\r\n");
}
