namespace Bayou.Load.Reporting;

/// <summary>The figures of one run; the first is the one that comparisons are about.</summary>
public sealed record RunResult(IReadOnlyList<Metric> Metrics)
{
    public double this[string name] => Metrics.First(metric => metric.Name == name).Value;

    /// <summary>The median of each figure over several runs.</summary>
    public static RunResult MedianOf(IReadOnlyList<RunResult> runs) =>
        new([.. runs[0].Metrics.Select(metric => metric with { Value = Statistics.Median(runs.Select(run => run[metric.Name])) })]);
}
