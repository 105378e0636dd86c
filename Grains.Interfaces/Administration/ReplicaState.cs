namespace Bayou.Grains.Interfaces.Administration;

/// <summary>How a replica is.</summary>
public enum ReplicaState
{
    /// <summary>It takes part.</summary>
    Ok,

    /// <summary>It has no vote yet, and learns what the group has.</summary>
    Learning,

    /// <summary>Another takes its place, or its silo leaves; it stays until the group has let go of it.</summary>
    Leaving,

    /// <summary>The disk lost something of it, which is being mended from the others.</summary>
    Damaged,

    /// <summary>It differs from its leader, and is to begin anew; what it held goes into quarantine.</summary>
    Diverged,

    /// <summary>Its silo lives and has not opened it.</summary>
    Missing,

    /// <summary>Its silo is dead.</summary>
    Down,

    /// <summary>Its silo did not answer.</summary>
    Unknown,
}
