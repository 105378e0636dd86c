using System.CommandLine;

namespace Bayou.Load.Scenarios;

/// <summary>The scenarios of core NATS.</summary>
public static class CoreCommands
{
    public static IEnumerable<ScenarioCommand> All() =>
    [
        PubSub("pub", "Core publish only; ends when the server has read everything",
            new WorkloadOptions(messages: 5_000_000, size: 16)),
        PubSub("pubsub", "Core publish and subscribe, every subscriber receives all",
            new WorkloadOptions(messages: 3_000_000, size: 16, subscribers: 1)),
        PubSub("fanout", "Core publish and subscribe, one publisher to several subscribers",
            new WorkloadOptions(messages: 1_000_000, size: 128, publishers: 0, subscribers: 4)),
        new("request", "Core request and reply, one request outstanding per requester (--publishers)",
            new WorkloadOptions(messages: 50_000, size: 16), [], (_, workload) => new RequestScenario(workload)),
    ];

    private static ScenarioCommand PubSub(string name, string description, WorkloadOptions workloadOptions)
    {
        var subjects = new Option<int>("--subjects") { Description = "Subjects that publishers go through in turn; subscribers use a wildcard", DefaultValueFactory = _ => 1 };
        return new(name, description, workloadOptions, [subjects], (parse, workload) => new PubSubScenario(workload, Math.Max(1, parse.GetValue(subjects))));
    }
}
