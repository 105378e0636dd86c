namespace Bayou.Gateway.Routing;

/// <summary>Who receives a subject: immutable, shared by everyone who publishes to it, valid for one generation of the tree.</summary>
internal sealed class MatchResult(
    byte[] subject, ClientSubscription[] plain, ClientSubscription[][] queueGroups, InternalSubscription[] internals)
{
    public byte[] Subject { get; } = subject;

    /// <summary>Every one of these gets a copy.</summary>
    public ClientSubscription[] Plain { get; } = plain;

    /// <summary>One member of each of these gets a copy; subscriptions of the same group on overlapping subjects are one group.</summary>
    public ClientSubscription[][] QueueGroups { get; } = queueGroups;

    public InternalSubscription[] Internals { get; } = internals;

    public int FanOut => Plain.Length + QueueGroups.Length + Internals.Length;
}
