namespace Bayou.Grains.Interfaces.Administration;

/// <summary>A replica that moves.</summary>
/// <param name="Group">Its group; 0 for a vote in the metadata.</param>
/// <param name="Channel">The channel; null for the metadata.</param>
/// <param name="From">The node that it leaves; null for one more than before.</param>
/// <param name="To">The node that it comes to; null for one less than before.</param>
public sealed record ReplicaMove(ulong Group, string? Channel, string? From, string? To);
