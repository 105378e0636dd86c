using Bayou.Load.Scenarios;

namespace Bayou.Load.JetStream;

/// <summary>The scenarios that load a server's JetStream, each the twin of a STAN one.</summary>
public static class JetStreamCommands
{
    public static IEnumerable<ScenarioCommand> All() => [Publish(), Consume(), Replay()];

    private static ScenarioCommand Publish()
    {
        var (stream, log) = (new JetStreamOptions(), new LogOptions());
        return new("js-pub", "Publish to a new JetStream stream until all is acknowledged; --sync for one at a time",
            new WorkloadOptions(messages: 200_000, sync: log.Sync), [stream.Storage, stream.Replicas, log.Window, log.Sync],
            (parse, workload) => new LogPublishScenario(workload, log.BindWindow(parse), stream.Bind(parse, maxInFlight: 1)));
    }

    private static ScenarioCommand Consume()
    {
        var (stream, log) = (new JetStreamOptions(), new LogOptions());
        return new("js-consume", "Publish to a new JetStream stream while durable consumers receive and acknowledge all",
            new WorkloadOptions(messages: 200_000, subscribers: 1),
            [stream.Storage, stream.Replicas, stream.Pull, stream.PullBatch, log.Window, log.MaxInFlight],
            (parse, workload) => new LogConsumeScenario(workload, log.BindWindow(parse), stream.Bind(parse, parse.GetValue(log.MaxInFlight))));
    }

    private static ScenarioCommand Replay()
    {
        var (stream, log) = (new JetStreamOptions(), new LogOptions());
        return new("js-replay", "Fill a new JetStream stream, then replay it from the first message to durable consumers",
            new WorkloadOptions(messages: 100_000, publishers: 0, subscribers: 1),
            [stream.Storage, stream.Replicas, stream.Pull, stream.PullBatch, log.Window, log.MaxInFlight],
            (parse, workload) => new LogReplayScenario(workload, log.BindWindow(parse), stream.Bind(parse, parse.GetValue(log.MaxInFlight))));
    }
}
