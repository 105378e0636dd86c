using Bayou.Gateway.Connections;
using Bayou.Gateway.Monitoring;
using Bayou.Grains.Interfaces;
using Microsoft.AspNetCore.Http;

namespace Bayou.Gateway.Streaming.Monitoring;

/// <summary><c>/streaming/serverz</c>: the server as a whole. What went in and out is that of its NATS side.</summary>
internal sealed class ServerPage(IMonitoringGrain monitoring, ConnectionRegistry connections, PageHead head)
{
    public async Task AnswerAsync(HttpContext context)
    {
        var totals = await monitoring.GetTotalsAsync();
        var traffic = connections.GetTotals();
        var descriptors = FileDescriptors.Measure();
        var now = head.Now;
        await StreamingAnswer.PageAsync(context, new ServerReport
        {
            ClusterId = head.ClusterId,
            ServerId = head.ServerId,
            Version = ServerIdentity.BayouVersion,
            Go = ServerIdentity.Runtime,
            State = totals.Role is null ? "STANDALONE" : "CLUSTERED",
            Role = totals.Role,
            NodeId = totals.NodeId,
            Now = GoFormat.Time(now),
            StartTime = GoFormat.Time(head.StartTime),
            Uptime = GoFormat.Uptime(now - head.StartTime),
            Clients = totals.Clients,
            Subscriptions = totals.Subscriptions,
            Channels = totals.Channels,
            TotalMsgs = totals.Messages,
            TotalBytes = totals.Bytes,
            InMsgs = traffic.InMessageCount,
            InBytes = traffic.InBytes,
            OutMsgs = traffic.OutMessageCount,
            OutBytes = traffic.OutBytes,
            OpenFds = descriptors?.OpenCount,
            MaxFds = descriptors?.MaxCount,
            Unanswered = PageHead.OrNull(totals.Unanswered),
        });
    }
}
