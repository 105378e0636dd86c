using Bayou.Gateway.Routes;

namespace Bayou.Gateway.Routing;

/// <summary>Who receives a subject: immutable, shared by everyone who publishes to it, valid for one generation of the tree.</summary>
internal sealed class MatchResult(
    byte[] subject, ClientSubscription[] plain, QueueGroupMatch[] queueGroups, InternalSubscription[] internals, RouteConnection[] routes)
{
    public byte[] Subject { get; } = subject;

    /// <summary>Every one of these gets a copy.</summary>
    public ClientSubscription[] Plain { get; } = plain;

    /// <summary>One member of each of these gets a copy; subscriptions of the same group on overlapping subjects are one group.</summary>
    public QueueGroupMatch[] QueueGroups { get; } = queueGroups;

    public InternalSubscription[] Internals { get; } = internals;

    /// <summary>Servers that want a copy, each named once however many of its subscriptions match.</summary>
    public RouteConnection[] Routes { get; } = routes;

    public int FanOut { get; } = plain.Length + queueGroups.Length + internals.Length + routes.Length;

    /// <summary>Whether the message may leave this server.</summary>
    public bool IsRelayed { get; } = routes.Length > 0 || Array.Exists(queueGroups, static group => group.Remotes.Length > 0);
}
