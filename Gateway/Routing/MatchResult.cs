using Bayou.Gateway.Routes;

namespace Bayou.Gateway.Routing;

/// <summary>Who receives a subject: immutable, shared by everyone who publishes to it, valid for one generation of the tree.</summary>
internal sealed class MatchResult
{
    public required byte[] Subject { get; init; }

    /// <summary>Every one of these gets a copy.</summary>
    public ClientSubscription[] Plain { get; init; } = [];

    /// <summary>One member of each of these gets a copy; subscriptions of the same group on overlapping subjects are one group.</summary>
    public QueueGroupMatch[] QueueGroups { get; init; } = [];

    public InternalSubscription[] Internals { get; init; } = [];

    /// <summary>Servers that want a copy, each named once however many of its subscriptions match.</summary>
    public RouteConnection[] Routes { get; init; } = [];

    public int FanOut => Plain.Length + QueueGroups.Length + Internals.Length + Routes.Length;
}
