namespace Bayou.Grains.Interfaces.Identity;

/// <summary>Names one receiver of a subscription; a plain subscription has one, a queue group any number. Never used twice.</summary>
[GenerateSerializer, Immutable, Alias("Bayou.MemberId")]
public readonly record struct MemberId([property: Id(0)] ulong Value);
