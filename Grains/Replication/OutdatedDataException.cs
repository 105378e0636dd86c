namespace Bayou.Grains.Replication;

/// <summary>The cluster knows a newer start of this silo than this one: what its data directory holds is not what it acknowledged last.</summary>
public sealed class OutdatedDataException() : Exception(
    "The data directory is older than what the cluster has seen of this node: it was restored from a copy, or a copy of it is in use. "
    + "Give the node an empty directory; the others bring it up to date.");
