using Bayou.Load.Reporting;
using Bayou.Load.Scenarios;

namespace Bayou.Load.Verbs;

/// <summary>One of two servers in a comparison. A failure names the server it is about.</summary>
public sealed record Contestant(string Label, RunContext Context)
{
    public void WarmUp(ComparisonSide side, long? messages) =>
        Guard(() => { ScenarioRunner.WarmUp(side.Scenario, Context, messages); return true; });

    public RunResult Run(ComparisonSide side, string run) =>
        Guard(() => ScenarioRunner.RunOnce(side.Scenario, Context, $"{Label} {run}"));

    public ReportHeader Header(ComparisonSide side) => new(Label, side.CommandLine, Context.Server.ToString(), DateTimeOffset.UtcNow);

    private T Guard<T>(Func<T> run)
    {
        try
        {
            return run();
        }
        catch (LoadException exception)
        {
            throw new LoadException($"on {Label} ({Context.Server}): {exception.Message}", exception);
        }
    }
}
