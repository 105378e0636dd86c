namespace Bayou.Gateway.Protocol;

/// <summary>A message that came over a route, as views over the input.</summary>
internal readonly ref struct RouteMessageCommand
{
    public ReadOnlySpan<byte> Account { get; init; }

    public ReadOnlySpan<byte> Subject { get; init; }

    /// <summary>Where answers go; empty for none.</summary>
    public ReadOnlySpan<byte> ReplyTo { get; init; }

    /// <summary>Names of the queue groups of which this server is to choose a member, separated by blanks; empty for none.</summary>
    public ReadOnlySpan<byte> QueueGroups { get; init; }

    /// <inheritdoc cref="PublishCommand.HeaderSizeDigits"/>
    public ReadOnlySpan<byte> HeaderSizeDigits { get; init; }

    /// <inheritdoc cref="PublishCommand.TotalSizeDigits"/>
    public ReadOnlySpan<byte> TotalSizeDigits { get; init; }

    /// <inheritdoc cref="PublishCommand.Headers"/>
    public ReadOnlySpan<byte> Headers { get; init; }

    /// <inheritdoc cref="PublishCommand.Payload"/>
    public ReadOnlySpan<byte> Payload { get; init; }
}
