namespace Bayou.Grains.Interfaces.Messages;

/// <summary>Acks that a gateway gathered for one ack inbox, in the order of arrival.</summary>
[GenerateSerializer, Immutable, Alias("Bayou.AckBatch")]
public sealed record AckBatch([property: Id(0)] ulong Secret, [property: Id(1)] SequenceRange[] Ranges);
