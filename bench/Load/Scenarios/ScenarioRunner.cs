using Bayou.Load.Reporting;

namespace Bayou.Load.Scenarios;

/// <summary>Runs a scenario against one server: a warm-up, then the runs that count.</summary>
public static class ScenarioRunner
{
    public static Report Run(IScenario scenario, RunContext context, ReportHeader header, int repeat, long? warmUp)
    {
        WarmUp(scenario, context, warmUp);
        List<RunResult> runs = [];
        for (int i = 1; i <= repeat; i++)
            runs.Add(RunOnce(scenario, context, $"{header.Label} {i}/{repeat}"));
        return new Report(header, runs);
    }

    /// <summary>Runs before the first run that counts; null for a tenth of its messages, 0 for not at all.</summary>
    public static void WarmUp(IScenario scenario, RunContext context, long? messages)
    {
        if (messages != 0)
            RunOnce(scenario.With(scenario.Workload.ToWarmUp(messages)), context, "warm-up");
    }

    public static RunResult RunOnce(IScenario scenario, RunContext context, string title)
    {
        context.Progress.Begin(title);
        try
        {
            return scenario.Run(context);
        }
        finally
        {
            context.Progress.End();
        }
    }
}
