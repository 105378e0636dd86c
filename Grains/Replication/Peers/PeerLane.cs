namespace Bayou.Grains.Replication.Peers;

/// <summary>
/// The ways from one silo to another. What is urgent never waits behind what is large; between lanes there is no order.
/// </summary>
public enum PeerLane
{
    /// <summary>Heartbeats, votes and everything else that is small and urgent.</summary>
    Control,

    /// <summary>Entries and their acknowledgements.</summary>
    Append,

    /// <summary>Snapshots and pieces of segments.</summary>
    Bulk,
}
