using Bayou.Load.Logs;
using Bayou.Load.Scenarios;

namespace Bayou.Load.Stan;

/// <summary>A channel of a streaming server as durable log, or several that publishers take in turn.</summary>
public sealed class StanChannel(string clusterId, string channel, int maxInFlight, int count = 1) : IDurableLog
{
    public IPublishPort OpenPublisher(Crew crew, int index, Workload workload) =>
        new StanPublishPort(StanSession.Open(crew, clusterId, $"pub-{index}"), count == 1 ? channel : $"{channel}.{index % count}", workload.SizeBytes);

    public ISubscribePort OpenSubscriber(Crew crew, int index, LogStart start) =>
        new StanSubscribePort(StanSession.Open(crew, clusterId, $"sub-{index}"), channel, maxInFlight, start);

    /// <summary>Nothing: STAN has no request that deletes a channel.</summary>
    public void Delete() { }
}
