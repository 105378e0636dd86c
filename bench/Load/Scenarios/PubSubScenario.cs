using Bayou.Load.Nats;
using Bayou.Load.Reporting;

namespace Bayou.Load.Scenarios;

/// <summary>Core publish and subscribe: P publishers, S subscribers that each receive everything. No subscribers: publish only.</summary>
public sealed class PubSubScenario(Workload workload, int subjectCount) : IScenario
{
    public Workload Workload => workload;

    public RunResult Run(RunContext context)
    {
        using var crew = context.CreateCrew(workload.Patience);
        var subjects = new SubjectSpread(UniqueName.Subject(), subjectCount);
        CoreSubscriber[] subscribers = [.. Enumerable.Range(0, workload.Subscribers)
            .Select(i => new CoreSubscriber(crew.Connect($"load-sub-{i}"), subjects.Pattern, workload, crew.CreateGate()))];
        CorePublisher[] publishers = [.. Enumerable.Range(0, workload.Publishers)
            .Select(i => new CorePublisher(crew.Connect($"load-pub-{i}"), subjects, i, workload, context.Progress))];
        Gate[] received = [.. subscribers.Select(subscriber => subscriber.Received)];

        foreach (var subscriber in subscribers)
            crew.Add(subscriber.Run);
        foreach (var publisher in publishers)
            crew.Add(() => publisher.Run(received));

        var meter = context.StartMeter();
        crew.Run();
        var result = Result(meter, publishers.Sum(publisher => publisher.Count), subscribers.Sum(subscriber => subscriber.Count));
        foreach (var subscriber in subscribers)
            subscriber.CheckNothingMore();
        return result;
    }

    public IScenario With(Workload other) => new PubSubScenario(other, subjectCount);

    private RunResult Result(Meter meter, long published, long received)
    {
        double seconds = meter.Elapsed.TotalSeconds;
        List<Metric> metrics = [new("published", published / seconds, "msg/s")];
        if (workload.Subscribers > 0)
            metrics.Add(new("received", received / seconds, "msg/s"));
        metrics.Add(new("payload", (published + received) * (double)workload.SizeBytes / seconds / 1e6, "MB/s"));
        metrics.AddRange(meter.CostPerMessage(published + received));
        return new RunResult(metrics);
    }
}
