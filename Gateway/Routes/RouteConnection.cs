using Bayou.Gateway.Connections;
using Bayou.Gateway.Routing;

namespace Bayou.Gateway.Routes;

/// <summary>The connection to another server of the cluster.</summary>
public sealed class RouteConnection : Connection
{
    internal RouteConnection(
        ConnectionId id, IConnectionTransport transport, OutboundQueue outbound, SubjectRouter router, ConnectionStatistics statistics)
        : base(id, transport, outbound, router, statistics) => Subscriptions = new RouteSubscriptions(this, router.Tree);

    /// <summary>Where this server dialed; null where the other one did.</summary>
    internal RouteUrl? DialedUrl { get; init; }

    internal bool IsSolicited => DialedUrl is not null;

    /// <summary>Whether the configuration names the other server.</summary>
    internal bool IsConfigured { get; set; }

    /// <summary>What the other server told first; null until then.</summary>
    internal RouteInfo? Remote { get; set; }

    /// <summary>Whether it is the route to that server, rather than one that is being set up or that turned out to be one too many.</summary>
    internal bool IsRegistered { get; set; }

    /// <summary>Whether the other server is of our kind.</summary>
    internal bool IsBayou => Remote?.Bayou is not null;

    /// <summary>Whether this server answers what the other one's clients ask of the streaming side.</summary>
    internal bool IsServed { get; set; }

    internal bool TakesHeaders => Remote is { Headers: true };

    internal RouteSubscriptions Subscriptions { get; }

    internal RoutePeer Peer => new(Remote?.ServerId ?? "", Remote?.ServerName ?? "", RemoteEndPoint?.Address);

    /// <summary>How log lines name it.</summary>
    public override string ToString() => $"{RemoteEndPoint} - rid:{Id}";

    private protected override void EndInterest() => Subscriptions.Clear();
}
