namespace Bayou.Grains.Interfaces.Messages;

/// <summary>The sequences from <see cref="First"/> to <see cref="Last"/>, both included.</summary>
[GenerateSerializer, Immutable, Alias("Bayou.SequenceRange")]
public readonly record struct SequenceRange([property: Id(0)] ulong First, [property: Id(1)] ulong Last);
