using System.Net;

namespace Bayou.Gateway;

/// <summary>Where the server is to listen; a listener is recognised by the object, not by its value.</summary>
internal sealed record ConfiguredEndpoints(IPEndPoint Client, IPEndPoint? Monitoring, IPEndPoint? Cluster, IPEndPoint? Dashboard)
{
    public static ConfiguredEndpoints Of(GatewayOptions options) => new(
        new IPEndPoint(options.Host, options.Port),
        options.MonitoringPort is { } port ? new IPEndPoint(options.MonitoringHost ?? options.Host, port) : null,
        options.Cluster is { } cluster ? new IPEndPoint(cluster.Host, cluster.Port) : null,
        options.Dashboard);
}
