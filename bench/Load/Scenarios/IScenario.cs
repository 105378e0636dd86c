using Bayou.Load.Reporting;

namespace Bayou.Load.Scenarios;

/// <summary>One kind of load with its settings, ready to be run any number of times against any server.</summary>
public interface IScenario
{
    /// <summary>Runs once and returns what was measured. Throws <see cref="LoadException"/> if the server did anything wrong.</summary>
    RunResult Run(RunContext context);

    /// <summary>The same load with <paramref name="messages"/> messages, to warm up server and tool.</summary>
    IScenario WithMessages(long messages);
}
