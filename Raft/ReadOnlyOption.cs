namespace Bayou.Raft;

/// <summary>How a leader makes sure that it still leads before it answers a read.</summary>
public enum ReadOnlyOption : byte
{
    /// <summary>By a round of heartbeats. Needs no clock.</summary>
    Safe,

    /// <summary>By its lease. Wrong as soon as clocks drift or processes pause; needs <see cref="RaftOptions.CheckQuorum"/>.</summary>
    LeaseBased,
}
