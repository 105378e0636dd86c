namespace Bayou.Grains.Interfaces.Messages;

/// <summary>Whether an operator's action on a channel was taken.</summary>
public enum ChannelChangeOutcome
{
    Done,

    /// <summary>What it is about is not there, or not any more.</summary>
    Gone,

    /// <summary>Clients receive, and were not to be disturbed.</summary>
    InUse,

    /// <summary>More than one durable has that name.</summary>
    Ambiguous,
}
