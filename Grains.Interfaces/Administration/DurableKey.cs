namespace Bayou.Grains.Interfaces.Administration;

/// <summary>
/// What tells the durables of a channel apart: the name and the client of one that a single client has, the name and the queue group of one that
/// many share. Where neither is said, the name alone.
/// </summary>
[GenerateSerializer, Immutable, Alias("Bayou.DurableKey")]
public sealed record DurableKey([property: Id(0)] string DurableName, [property: Id(1)] string? ClientId, [property: Id(2)] string? QueueGroup)
{
    public override string ToString() =>
        QueueGroup is not null ? $"{DurableName} of queue group {QueueGroup}"
        : ClientId is not null ? $"{DurableName} of client {ClientId}"
        : DurableName;
}
