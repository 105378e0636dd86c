namespace Bayou.Checker;

/// <summary>What can happen in a history, and which fields of a <see cref="HistoryEvent"/> say more about it.</summary>
public enum EventKind
{
    /// <summary>A connection (of the value) begins to publish Value with content Hash to Channel. Its numbers are consecutive.</summary>
    Published,

    /// <summary>The publish of Value was acknowledged, with its Sequence where that is known, else 0.</summary>
    Acknowledged,

    /// <summary>The publish of Value failed for certain: it may never be seen.</summary>
    Refused,

    /// <summary>Nobody can say what became of the publish of Value.</summary>
    Abandoned,

    /// <summary>The client itself publishes Value once more, so that it may be stored more than once.</summary>
    Resent,

    /// <summary>Node Actor begins to replay Channel from its first message; IsComplete: up to everything acknowledged before.</summary>
    ReplayStarted,

    /// <summary>The replay of Actor shows Value with content Hash at Sequence.</summary>
    Replayed,

    /// <summary>The replay of Actor is over; IsBrokenOff: by an error. Sequence: where the channel begins there, for a replay that showed nothing.</summary>
    ReplayEnded,

    /// <summary>
    /// Node Actor was started anew: until it has heard what is committed, its replicas may stand where they stood before, what was
    /// trimmed since included.
    /// </summary>
    Restarted,

    /// <summary>Subscription Actor of Channel begins after Sequence; IsQueueGroup: its members share the messages.</summary>
    Subscribed,

    /// <summary>Member of subscription Actor is given Value with content Hash at Sequence.</summary>
    Delivered,

    /// <summary>Subscription Actor acknowledges Sequence.</summary>
    Consumed,

    /// <summary>Subscription Actor had time enough: everything must have been delivered, and again until acknowledged.</summary>
    Drained,

    /// <summary>The messages of Channel before Sequence may be gone.</summary>
    Trimmed,

    /// <summary>
    /// The log of Channel says that its messages before Sequence are gone: nobody needs to be given them any more. Whether they may be gone is
    /// judged by what replays show.
    /// </summary>
    Dropped,

    /// <summary>The limits of Channel leave at least its newest Sequence messages; without this event they leave all.</summary>
    Limited,

    /// <summary>The replica of Channel on node Actor has content Hash at log index Sequence.</summary>
    Digested,

    /// <summary>All faults have ended.</summary>
    Healed,

    /// <summary>Channel took a publish after the faults had ended.</summary>
    Accepted,

    /// <summary>The replica of Channel on node Actor came to rest at log index Sequence after the faults had ended.</summary>
    Settled,
}
