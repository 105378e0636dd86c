using System.Diagnostics;
using Bayou.Load.Protocol;
using Bayou.Load.Reporting;
using Bayou.Load.Scenarios;

namespace Bayou.Load.Logs;

/// <summary>Publishes the next message when the last one is acknowledged, and records how long that took.</summary>
public sealed class SyncPublisher(IPublishPort port, int index, Workload workload, ProgressLine progress)
{
    private readonly OutputBuffer _output = workload.CreateOutput(port.Connection);

    /// <summary>Messages acknowledged.</summary>
    public long Count { get; private set; }

    public LatencyHistogram Latency { get; } = new();

    public void Publish()
    {
        var quota = workload.QuotaOf(index);
        for (bool isLast = false; !isLast; Count++)
        {
            isLast = quota.IsLastSync(Count);
            long start = Stopwatch.GetTimestamp();
            port.Write(_output, new Stamp(index, Count, isLast));
            _output.Flush();
            long acknowledged = WaitForAck();
            Latency.RecordSince(start);
            if (acknowledged != Count)
                throw new LoadException($"Publish {Count} is open, but {acknowledged} was acknowledged.");
            progress.Add(1);
        }
    }

    private long WaitForAck()
    {
        while (true)
        {
            var message = port.Connection.Receive();
            if (port.ReadAck(message) is { } number)
                return number;
        }
    }
}
