namespace Bayou.Grains.Metadata;

/// <summary>What a silo is to carry: replicas, and channels of which it is the first to lead.</summary>
internal readonly record struct SiloLoad(int Replicas, int Leaders);
