namespace Bayou.Simulation.Swarm;

/// <summary>Every kind of fault that a run may have.</summary>
public enum FaultKind
{
    /// <summary>A process is killed; what it had written stays in its machine's memory.</summary>
    Kill,

    /// <summary>A machine loses its power.</summary>
    PowerCut,

    /// <summary>A machine loses its power in the middle of a change of its disk.</summary>
    PowerCutInside,

    /// <summary>All machines lose their power at once.</summary>
    Blackout,

    /// <summary>A process stops in an orderly way and is started anew.</summary>
    OrderlyRestart,

    /// <summary>A process stands still for a while.</summary>
    Pause,

    /// <summary>The cluster falls apart in two, in both directions.</summary>
    Partition,

    /// <summary>Some machines cannot send to some others, which can send to them.</summary>
    OneWayPartition,

    /// <summary>Two machines cannot talk to each other, and others can to both.</summary>
    PartialPartition,

    /// <summary>What is sent arrives much later, all at once.</summary>
    Clog,

    Loss,

    Duplication,

    Reordering,

    /// <summary>The network is slow at all times.</summary>
    SlowNetwork,

    /// <summary>The wall clock of a machine jumps.</summary>
    ClockJump,

    /// <summary>Clocks run at different speeds.</summary>
    ClockDrift,

    /// <summary>Bits of data at rest turn over.</summary>
    BitRot,

    /// <summary>A write went to the wrong place.</summary>
    MisdirectedWrite,

    /// <summary>A read returns something wrong, once.</summary>
    SpoiledRead,

    /// <summary>A write fails.</summary>
    WriteError,

    /// <summary>A sync fails.</summary>
    SyncError,

    /// <summary>A disk is full for a while.</summary>
    DiskFull,

    /// <summary>A disk is slow for a while.</summary>
    SlowDisk,

    /// <summary>A machine loses its disk and comes back with an empty one.</summary>
    DiskLoss,

    /// <summary>A machine's disk is replaced by an older image of itself, from before its program was started last: data are lost without a trace.</summary>
    DiskRestore,

    /// <summary>A leader is asked to hand over.</summary>
    Transfer,

    /// <summary>A group is given other members.</summary>
    MembershipChange,

    /// <summary>A new leader is cut off from all others, at once or soon.</summary>
    LeaderIsolation,

    /// <summary>
    /// Each leader of one group is cut off from all others, when it is elected, soon, or when it applies the first entry of its reign, and comes
    /// back when there is another one. So leaders meet whose logs went different ways.
    /// </summary>
    RollingIsolation,
}
