namespace Bayou.Simulation.Run;

/// <summary>What can become of a batch.</summary>
public enum PublishOutcome
{
    /// <summary>Every message is stored.</summary>
    Stored,

    /// <summary>Nothing was proposed here: another silo leads, or nobody.</summary>
    NotLeader,

    /// <summary>Nobody can say.</summary>
    Unknown,

    /// <summary>Nobody can say, and asking again leads nowhere.</summary>
    Abandoned,

    /// <summary>It will never be stored.</summary>
    Refused,
}
