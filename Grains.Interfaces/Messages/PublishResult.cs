namespace Bayou.Grains.Interfaces.Messages;

/// <summary>
/// What became of a batch. Without an error every record is durable, the first one under <see cref="FirstSequence"/>; with one
/// none is, as far as is known, and the text is the one a STAN client is to see if <see cref="Retry"/> does not help.
/// </summary>
[GenerateSerializer, Immutable, Alias("Bayou.PublishResult")]
public readonly record struct PublishResult(
    [property: Id(0)] ulong FirstSequence, [property: Id(1)] string? Error, [property: Id(2)] PublishRetry Retry = PublishRetry.No);
