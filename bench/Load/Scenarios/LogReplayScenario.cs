using Bayou.Load.Logs;
using Bayou.Load.Reporting;

namespace Bayou.Load.Scenarios;

/// <summary>Fills a fresh durable log, then measures how fast subscribers that start at the first message receive and acknowledge all of it.</summary>
public sealed class LogReplayScenario(Workload workload, int window, Func<Crew, IDurableLog> open) : IScenario
{
    public Workload Workload => workload;

    public RunResult Run(RunContext context)
    {
        using var crew = context.CreateCrew(workload.Patience);
        var log = open(crew);
        Fill(context, crew, log);

        var meter = context.StartMeter();
        ISubscribePort[] ports = [.. Enumerable.Range(0, workload.Subscribers).Select(i => log.OpenSubscriber(crew, i, LogStart.First))];
        LogSubscriber[] subscribers = [.. ports.Select(port => new LogSubscriber(port, workload, context.Progress))];
        foreach (var subscriber in subscribers)
            crew.Add(subscriber.Run);
        crew.Run();

        long delivered = subscribers.Sum(subscriber => subscriber.Count);
        double rate = delivered / meter.Elapsed.TotalSeconds;
        var result = new RunResult([new("replayed", rate, "msg/s"), new("payload", rate * workload.SizeBytes / 1e6, "MB/s"), .. meter.CostPerMessage(delivered)]);
        foreach (var port in ports)
            port.Close();
        log.Delete();
        return result;
    }

    public IScenario With(Workload other) => new LogReplayScenario(other, window, open);

    private void Fill(RunContext context, Crew crew, IDurableLog log)
    {
        var port = log.OpenPublisher(crew, 0, workload);
        var publisher = new WindowedPublisher(port, 0, workload, window, crew.CreateGate(), context.Progress);
        crew.Add(publisher.Publish);
        crew.Add(publisher.ReadAcks);
        crew.Run();
        port.Close();
    }
}
