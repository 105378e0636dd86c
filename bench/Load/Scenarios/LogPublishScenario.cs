using Bayou.Load.Logs;
using Bayou.Load.Reporting;

namespace Bayou.Load.Scenarios;

/// <summary>Publishes to a durable log until everything is acknowledged, with a window of open publishes or, with a window of 1, one at a time.</summary>
public sealed class LogPublishScenario(Workload workload, int window, Func<Crew, IDurableLog> open) : IScenario
{
    public Workload Workload => workload;

    public RunResult Run(RunContext context)
    {
        using var crew = context.CreateCrew(workload.Patience);
        var log = open(crew);
        IPublishPort[] ports = [.. Enumerable.Range(0, workload.Publishers).Select(i => log.OpenPublisher(crew, i, workload))];
        var result = window == 1 ? RunSync(context, crew, ports) : RunWindowed(context, crew, ports);
        foreach (var port in ports)
            port.Close();
        log.Delete();
        return result;
    }

    public IScenario With(Workload other) => new LogPublishScenario(other, window, open);

    private RunResult RunWindowed(RunContext context, Crew crew, IPublishPort[] ports)
    {
        WindowedPublisher[] publishers = [.. ports.Select((port, i) => new WindowedPublisher(port, i, workload, window, crew.CreateGate(), context.Progress))];
        foreach (var publisher in publishers)
        {
            crew.Add(publisher.Publish);
            crew.Add(publisher.ReadAcks);
        }

        var meter = context.StartMeter();
        crew.Run();
        return new RunResult([.. Throughput(meter, publishers.Sum(publisher => publisher.Count))]);
    }

    private RunResult RunSync(RunContext context, Crew crew, IPublishPort[] ports)
    {
        SyncPublisher[] publishers = [.. ports.Select((port, i) => new SyncPublisher(port, i, workload, context.Progress))];
        foreach (var publisher in publishers)
            crew.Add(publisher.Publish);

        var meter = context.StartMeter();
        crew.Run();
        List<Metric> metrics = Throughput(meter, publishers.Sum(publisher => publisher.Count));
        var latency = new LatencyHistogram();
        foreach (var publisher in publishers)
            latency.Add(publisher.Latency);
        return new RunResult([.. metrics, .. latency.ToMetrics()]);
    }

    private List<Metric> Throughput(Meter meter, long count)
    {
        double rate = count / meter.Elapsed.TotalSeconds;
        return [new("published", rate, "msg/s"), new("payload", rate * workload.SizeBytes / 1e6, "MB/s"), .. meter.CostPerMessage(count)];
    }
}
