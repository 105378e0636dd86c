namespace Bayou.Grains.Replication.Peers;

/// <summary>A silo by its configured name and the id of its data directory.</summary>
internal readonly record struct PeerIdentity(string Name, Guid Silo);
