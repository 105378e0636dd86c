namespace Bayou.Gateway.Streaming;

/// <summary>The subjects on which clients reach the streaming server. Firewalls and permissions in the field name them.</summary>
internal sealed class StanSubjects(string clusterId, string discoverPrefix)
{
    public string Discover { get; } = $"{discoverPrefix}.{clusterId}";

    public string Pings { get; } = $"{discoverPrefix}.{clusterId}.pings";

    public string PublishPrefix { get; } = $"_STAN.pub.{clusterId}";

    public string Subscribe { get; } = $"_STAN.sub.{clusterId}";

    public string Unsubscribe { get; } = $"_STAN.unsub.{clusterId}";

    public string SubscriptionClose { get; } = $"_STAN.subclose.{clusterId}";

    public string Close { get; } = $"_STAN.close.{clusterId}";
}
