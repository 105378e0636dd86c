using Bayou.Load.Scenarios;

namespace Bayou.Load.Stan;

/// <summary>The scenarios that load a streaming server.</summary>
public static class StanCommands
{
    public static IEnumerable<ScenarioCommand> All() => [Publish(), Consume(), Replay()];

    private static ScenarioCommand Publish()
    {
        var (stan, log) = (new StanOptions(), new LogOptions());
        return new("stan-pub", "Publish to a STAN channel until all is acknowledged; --sync for one at a time",
            new WorkloadOptions(messages: 200_000, sync: log.Sync), [stan.ClusterId, stan.Channel, stan.Channels, log.Window, log.Sync],
            (parse, workload) => new LogPublishScenario(workload, log.BindWindow(parse), stan.BindSpread(parse)));
    }

    private static ScenarioCommand Consume()
    {
        var (stan, log) = (new StanOptions(), new LogOptions());
        return new("stan-consume", "Publish to a STAN channel while subscribers receive and acknowledge all",
            new WorkloadOptions(messages: 200_000, subscribers: 1), [stan.ClusterId, stan.Channel, log.Window, log.MaxInFlight],
            (parse, workload) => new LogConsumeScenario(workload, log.BindWindow(parse), stan.Bind(parse, parse.GetValue(log.MaxInFlight))));
    }

    private static ScenarioCommand Replay()
    {
        var (stan, log) = (new StanOptions(), new LogOptions());
        return new("stan-replay", "Fill a new STAN channel, then replay it from the first message",
            new WorkloadOptions(messages: 100_000, publishers: 0, subscribers: 1), [stan.ClusterId, log.Window, log.MaxInFlight],
            (parse, workload) => new LogReplayScenario(workload, log.BindWindow(parse), stan.BindNewChannel(parse, parse.GetValue(log.MaxInFlight))));
    }
}
