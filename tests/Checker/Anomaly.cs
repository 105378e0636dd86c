namespace Bayou.Checker;

/// <summary>Every way in which a history can be wrong.</summary>
public enum Anomaly
{
    /// <summary>Acknowledged, and on no node; everything of the channel that survived was acknowledged later.</summary>
    LostPrefix,

    /// <summary>Acknowledged, and on no node; of what survived, some was acknowledged before it and some after it.</summary>
    LostMiddle,

    /// <summary>Acknowledged, and on no node; everything of the channel that survived was acknowledged earlier.</summary>
    LostPostfix,

    /// <summary>Acknowledged, and on no node; nothing acknowledged of the channel survived.</summary>
    LostEverything,

    /// <summary>Acknowledged, on some node, and missing in a complete replay of another.</summary>
    MissingOnNode,

    /// <summary>Somebody has read a message which a later complete replay no longer reaches.</summary>
    Vanished,

    /// <summary>A message that nobody published.</summary>
    Unexpected,

    /// <summary>A message whose publish was refused for certain.</summary>
    RefusedAppeared,

    /// <summary>A message of another channel.</summary>
    WrongChannel,

    /// <summary>A message with another content than was published.</summary>
    Corrupted,

    /// <summary>Two readers saw different messages under one sequence.</summary>
    InconsistentSequence,

    /// <summary>A message is not where its acknowledgement says.</summary>
    AckMismatch,

    /// <summary>A message is stored twice though its client published it once.</summary>
    Duplicate,

    /// <summary>A replay leaves out a sequence.</summary>
    Gap,

    /// <summary>A replay goes back.</summary>
    NonmonotonicReplay,

    /// <summary>A replay begins before one that came earlier on the same node: what was trimmed is back.</summary>
    FirstMovedBack,

    /// <summary>More was trimmed than the limits of the channel take.</summary>
    OverTrimmed,

    /// <summary>Two messages of one connection are stored in the other order.</summary>
    Reordered,

    /// <summary>A message was acknowledged before another was published, and is stored behind it.</summary>
    RealTimeReordered,

    /// <summary>A subscription was given a message before the one it starts with.</summary>
    BeforeStart,

    /// <summary>A subscription went on without a message.</summary>
    Skipped,

    /// <summary>A subscription never got a message although it had time for it.</summary>
    NeverDelivered,

    /// <summary>A message was delivered, not acknowledged, and never offered again.</summary>
    NotRedelivered,

    /// <summary>A subscription was given a message again as if it were new.</summary>
    RedeliveryUnflagged,

    /// <summary>A receiver was given a new message after a later one.</summary>
    NonmonotonicDelivery,

    /// <summary>Two replicas at one index of the log are not the same.</summary>
    Diverged,

    /// <summary>Replicas did not come to the same index although all faults had ended.</summary>
    NotConverged,

    /// <summary>A channel took no publish although all faults had ended.</summary>
    Unavailable,

    /// <summary>A publish was acknowledged that no quorum had on disk.</summary>
    NotDurable,
}
