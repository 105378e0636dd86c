using Bayou.Import.Wire;

namespace Bayou.Import.Subscriptions;

/// <summary>A subscription as the server keeps it: one member of a queue group is one of its own.</summary>
internal sealed class StoredSubscription(SubState state)
{
    public SubState State { get; set; } = state;

    /// <summary>What was sent to it and not acknowledged.</summary>
    public SortedSet<ulong> Pending { get; } = [];

    public bool IsQueueMember => State.QueueGroup.Length > 0;

    /// <summary>Old servers did not write the mark for plain durables.</summary>
    public bool IsDurable => State.IsDurable || (!IsQueueMember && State.DurableName.Length > 0);

    public SourceMember ToMember() => new(State.ClientId, State.Inbox, State.AckInbox, State.MaxInFlight, State.AckWaitSeconds);
}
