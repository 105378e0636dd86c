namespace Bayou.Storage;

/// <summary>Who the data directory belongs to. The epoch grows with every start; a cluster of <see cref="Guid.Empty"/> is not known yet.</summary>
public readonly record struct SiloIdentity(Guid Silo, Guid Cluster, ulong Epoch);
