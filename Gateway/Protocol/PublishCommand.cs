namespace Bayou.Gateway.Protocol;

/// <summary><c>PUB subject [reply] n</c> or <c>HPUB subject [reply] h n</c>, as views over the input.</summary>
public readonly ref struct PublishCommand
{
    /// <summary>Where to publish.</summary>
    public ReadOnlySpan<byte> Subject { get; init; }

    /// <summary>Where answers go; empty for none.</summary>
    public ReadOnlySpan<byte> ReplyTo { get; init; }

    /// <summary>The size of the header block as written; empty for PUB.</summary>
    public ReadOnlySpan<byte> HeaderSizeDigits { get; init; }

    /// <summary>The size of headers and payload as written.</summary>
    public ReadOnlySpan<byte> TotalSizeDigits { get; init; }

    /// <summary>The header block, unexamined; empty for none.</summary>
    public ReadOnlySpan<byte> Headers { get; init; }

    /// <summary>The body without headers.</summary>
    public ReadOnlySpan<byte> Payload { get; init; }
}
