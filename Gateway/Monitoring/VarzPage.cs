using Bayou.Gateway.Connections;
using Bayou.Gateway.Routing;

namespace Bayou.Gateway.Monitoring;

/// <summary><c>/varz</c>: the server as a whole.</summary>
internal sealed class VarzPage(
    GatewayOptions options,
    ServerIdentity identity,
    GatewayEndpoints endpoints,
    ConnectionRegistry registry,
    SubjectRouter router,
    RequestCounter requests,
    CpuUsage cpu,
    TimeProvider time)
{
    public VarzReport Build()
    {
        DateTimeOffset now = time.GetUtcNow();
        ConnectionTotals totals = registry.GetTotals();
        return new VarzReport
        {
            ServerId = identity.Id,
            ServerName = identity.Name,
            Version = ServerIdentity.NatsVersion,
            BayouVersion = ServerIdentity.BayouVersion,
            Go = ServerIdentity.Runtime,
            Host = options.Host.ToString(),
            Port = endpoints.Client.Port,
            AuthRequired = options.User is not null || options.AuthToken is not null ? true : null,
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
            InMsgs = totals.InMessageCount,
            OutMsgs = totals.OutMessageCount,
            InBytes = totals.InBytes,
            OutBytes = totals.OutBytes,
            SlowConsumers = totals.SlowConsumerCount,
            StaleConnections = totals.StaleCount,
            Subscriptions = router.Tree.GetStatistics().Count,
            HttpReqStats = requests.Snapshot(),
            ConfigLoadTime = GoFormat.Time(identity.Start),
        };
    }
}
