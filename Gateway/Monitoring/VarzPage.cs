using Bayou.Gateway.Connections;
using Bayou.Gateway.Routes;
using Bayou.Gateway.Routing;
using Bayou.Gateway.Tls;

namespace Bayou.Gateway.Monitoring;

/// <summary><c>/varz</c>: the server as a whole.</summary>
internal sealed class VarzPage(
    CurrentSettings settings,
    ServerIdentity identity,
    GatewayEndpoints endpoints,
    ConnectionRegistry registry,
    SubjectRouter router,
    ClientUrls urls,
    RouteMesh? mesh,
    RequestCounter requests,
    CpuUsage cpu,
    TimeProvider time)
{
    private static readonly TlsOptions DefaultTls = new();

    public VarzReport Build()
    {
        GatewaySettings current = settings.Now;
        GatewayOptions options = current.Options;
        DateTimeOffset now = time.GetUtcNow();
        ConnectionTotals totals = registry.GetTotals();
        int routes = mesh?.Routes.Length ?? 0;
        return new VarzReport
        {
            ServerId = identity.Id,
            ServerName = identity.Name,
            Version = ServerIdentity.NatsVersion,
            BayouVersion = ServerIdentity.BayouVersion,
            Go = ServerIdentity.Runtime,
            Host = options.Host.ToString(),
            Port = endpoints.Client.Port,
            ConnectUrls = mesh is null || options.Cluster!.NoAdvertise ? null : urls.All,
            AuthRequired = options.IsLoginRequired ? true : null,
            TlsRequired = options.Tls is null ? null : true,
            TlsVerify = options.Tls is { AsksForCertificate: true } ? true : null,
            TlsTimeout = (options.Tls ?? DefaultTls).Timeout.TotalSeconds,
            MaxConnections = options.MaxConnections,
            MaxSubscriptions = options.MaxSubscriptions > 0 ? options.MaxSubscriptions : null,
            PingInterval = GoFormat.Nanoseconds(options.PingInterval),
            PingMax = options.MaxPingsOut,
            HttpHost = (options.MonitoringHost ?? options.Host).ToString(),
            HttpPort = endpoints.Monitoring?.Port ?? 0,
            AuthTimeout = options.AuthTimeout.TotalSeconds,
            MaxControlLine = options.MaxControlLineBytes,
            MaxPayload = options.MaxPayloadBytes,
            MaxPending = options.MaxPendingBytes,
            Cluster = DescribeCluster(),
            WriteDeadline = GoFormat.Nanoseconds(options.WriteDeadline),
            Start = GoFormat.Time(identity.Start),
            Now = GoFormat.Time(now),
            Uptime = GoFormat.Uptime(now - identity.Start),
            Mem = Environment.WorkingSet,
            Cores = Environment.ProcessorCount,
            Gomaxprocs = Environment.ProcessorCount,
            Cpu = cpu.Measure(),
            Connections = registry.OpenCount,
            TotalConnections = registry.TotalCount,
            Routes = routes,
            Remotes = routes,
            InMsgs = totals.InMessageCount,
            OutMsgs = totals.OutMessageCount,
            InBytes = totals.InBytes,
            OutBytes = totals.OutBytes,
            SlowConsumers = totals.SlowConsumerCount,
            StaleConnections = totals.StaleCount,
            Subscriptions = router.Tree.GetStatistics().Count,
            HttpReqStats = requests.Snapshot(),
            ConfigLoadTime = GoFormat.Time(current.LoadTime ?? identity.Start),
        };
    }

    private ClusterReport DescribeCluster() => settings.Options.Cluster is not { } cluster
        ? new ClusterReport()
        : new ClusterReport
        {
            Name = mesh!.ClusterName,
            Addr = cluster.Host.ToString(),
            ClusterPort = endpoints.Cluster?.Port,
            AuthTimeout = cluster.AuthTimeout.TotalSeconds,
            Urls = cluster.Routes.Count > 0 ? [.. cluster.Routes.Select(static url => url.Address)] : null,
            TlsTimeout = DefaultTls.Timeout.TotalSeconds,
        };
}
