namespace Bayou.Grains.Interfaces.Messages;

/// <summary>How far a member of a group is, as its leader knows.</summary>
[GenerateSerializer, Immutable, Alias("Bayou.MemberPosition")]
public readonly record struct MemberPosition([property: Id(0)] ulong Replica, [property: Id(1)] ulong MatchIndex);
