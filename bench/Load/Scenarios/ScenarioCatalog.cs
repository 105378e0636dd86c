using Bayou.Load.JetStream;
using Bayou.Load.Stan;

namespace Bayou.Load.Scenarios;

/// <summary>All scenarios, in the order in which help lists them.</summary>
public static class ScenarioCatalog
{
    public static IReadOnlyList<ScenarioCommand> All() => [.. Core(), .. StanCommands.All(), .. JetStreamCommands.All()];

    private static IEnumerable<ScenarioCommand> Core() =>
    [
        new("pub", "Core publish only; ends when the server has read everything",
            new WorkloadOptions(messages: 5_000_000, size: 16), [], (_, workload) => new PubSubScenario(workload)),
        new("pubsub", "Core publish and subscribe, every subscriber receives all",
            new WorkloadOptions(messages: 3_000_000, size: 16, subscribers: 1), [], (_, workload) => new PubSubScenario(workload)),
        new("fanout", "Core publish and subscribe, one publisher to several subscribers",
            new WorkloadOptions(messages: 1_000_000, size: 128, publishers: 0, subscribers: 4), [], (_, workload) => new PubSubScenario(workload)),
        new("request", "Core request and reply, one request outstanding per requester (--publishers)",
            new WorkloadOptions(messages: 50_000, size: 16), [], (_, workload) => new RequestScenario(workload)),
    ];
}
