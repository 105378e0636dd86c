using Bayou.Load.Logs;
using Bayou.Load.Reporting;

namespace Bayou.Load.Scenarios;

/// <summary>Publishes to a durable log while subscribers receive and acknowledge everything, each of them.</summary>
public sealed class LogConsumeScenario(Workload workload, int window, Func<Crew, IDurableLog> open) : IScenario
{
    public Workload Workload => workload;

    public RunResult Run(RunContext context)
    {
        using var crew = context.CreateCrew(workload.Patience);
        var log = open(crew);
        ISubscribePort[] outlets = [.. Enumerable.Range(0, workload.Subscribers).Select(i => log.OpenSubscriber(crew, i, LogStart.NewOnly))];
        IPublishPort[] inlets = [.. Enumerable.Range(0, workload.Publishers).Select(i => log.OpenPublisher(crew, i, workload))];
        LogSubscriber[] subscribers = [.. outlets.Select(port => new LogSubscriber(port, workload, context.Progress))];
        WindowedPublisher[] publishers = [.. inlets.Select((port, i) =>
            new WindowedPublisher(port, i, workload, window, crew.CreateGate(), new ProgressLine(isQuiet: true)))];

        var published = new Finish(publishers.Length);
        var meter = context.StartMeter();
        foreach (var subscriber in subscribers)
            crew.Add(subscriber.Run);
        foreach (var publisher in publishers)
        {
            crew.Add(publisher.Publish);
            crew.Add(() =>
            {
                publisher.ReadAcks();
                published.Report(meter.Elapsed);
            });
        }

        crew.Run();
        var result = Result(meter, published.Time, publishers.Sum(publisher => publisher.Count), subscribers.Sum(subscriber => subscriber.Count));
        foreach (var port in inlets)
            port.Close();
        foreach (var port in outlets)
            port.Close();
        log.Delete();
        return result;
    }

    public IScenario With(Workload other) => new LogConsumeScenario(other, window, open);

    private static RunResult Result(Meter meter, TimeSpan publishTime, long published, long delivered)
    {
        double seconds = meter.Elapsed.TotalSeconds;
        return new RunResult(
        [
            new("delivered", delivered / seconds, "msg/s"),
            new("published", published / publishTime.TotalSeconds, "msg/s"),
            .. meter.CostPerMessage(published + delivered),
        ]);
    }

    /// <summary>When the last of several threads was done.</summary>
    private sealed class Finish(int threads)
    {
        private readonly Lock _lock = new();
        private int _open = threads;

        public TimeSpan Time { get; private set; }

        public void Report(TimeSpan now)
        {
            lock (_lock)
            {
                if (--_open == 0)
                    Time = now;
            }
        }
    }
}
