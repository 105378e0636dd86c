using Bayou.Load.JetStream;
using Bayou.Load.Stan;

namespace Bayou.Load.Scenarios;

/// <summary>All scenarios, in the order in which help lists them.</summary>
public static class ScenarioCatalog
{
    public static IReadOnlyList<ScenarioCommand> All() => [.. CoreCommands.All(), .. StanCommands.All(), .. JetStreamCommands.All()];
}
