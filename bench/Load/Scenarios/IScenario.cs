using Bayou.Load.Reporting;

namespace Bayou.Load.Scenarios;

/// <summary>One kind of load with its settings, ready to be run any number of times against any server.</summary>
public interface IScenario
{
    /// <summary>Runs once and returns what was measured. Throws <see cref="LoadException"/> if the server did anything wrong.</summary>
    RunResult Run(RunContext context);

    /// <summary>How much <see cref="Run"/> does.</summary>
    Workload Workload { get; }

    /// <summary>The same kind of load in another amount.</summary>
    IScenario With(Workload other);
}
