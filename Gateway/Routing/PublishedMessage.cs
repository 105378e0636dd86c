using Bayou.Gateway.Connections;

namespace Bayou.Gateway.Routing;

/// <summary>One message on its way from a publisher to its receivers; a view over the publisher's buffer.</summary>
public readonly ref struct PublishedMessage
{
    /// <summary>The connection over which the message came; null when the server itself published it.</summary>
    public Connection? Publisher { get; init; }

    /// <summary>Where the message was published.</summary>
    public ReadOnlySpan<byte> Subject { get; init; }

    /// <summary>Where an answer goes; empty for none.</summary>
    public ReadOnlySpan<byte> ReplyTo { get; init; }

    /// <summary>The header block as sent, with its blank line; empty for none.</summary>
    public ReadOnlySpan<byte> Headers { get; init; }

    /// <summary>The body without headers.</summary>
    public ReadOnlySpan<byte> Payload { get; init; }

    /// <summary>Decimal length of the header block as the publisher wrote it: sizes are echoed, never formatted again.</summary>
    internal ReadOnlySpan<byte> HeaderSizeDigits { get; init; }

    /// <summary>Decimal length of headers and payload as the publisher wrote it.</summary>
    internal ReadOnlySpan<byte> TotalSizeDigits { get; init; }
}
