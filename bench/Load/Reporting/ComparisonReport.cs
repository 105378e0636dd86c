using System.Text.Json.Nodes;

namespace Bayou.Load.Reporting;

/// <summary>
/// Runs of A and B in pairs, one after the other, and their ratios. The median of the ratios says more than the ratio of the
/// medians: whatever slows the machine for a while slows both sides of a pair.
/// </summary>
public sealed record ComparisonReport(Report A, Report B)
{
    public void Print(TextWriter output)
    {
        output.WriteLine($"A: {A.Header.Label}  ({A.Header.CommandLine} @ {A.Header.Server})");
        output.WriteLine($"B: {B.Header.Label}  ({B.Header.CommandLine} @ {B.Header.Server})");
        var table = new Table(["", "A", "B", "A/B", .. A.Runs.Select((_, i) => $"pair {i + 1}"), ""]);
        foreach (var metric in Shared())
        {
            string[] pairs = [.. Ratios(metric.Name).Select(ratio => ratio.ToString("F2"))];
            table.Add([metric.Name, Figure.Format(metric.Value), Figure.Format(B.Median[metric.Name]), MedianRatio(metric.Name).ToString("F2"), .. pairs, metric.Unit]);
        }

        table.Print(output);
    }

    /// <summary>Rows for a table over several comparisons.</summary>
    public IEnumerable<string[]> SummaryRows(string title) =>
        from metric in Shared()
        where metric.Name == A.Median.Metrics[0].Name || metric.Name is "server CPU" or "p50" or "p99"
        select new[] { title, metric.Name, Figure.Format(metric.Value), Figure.Format(B.Median[metric.Name]), MedianRatio(metric.Name).ToString("F2"), metric.Unit };

    public JsonObject ToJson()
    {
        var ratios = new JsonObject();
        foreach (var metric in Shared())
        {
            ratios[metric.Name] = new JsonObject
            {
                ["median"] = Finite(MedianRatio(metric.Name)),
                ["pairs"] = new JsonArray([.. Ratios(metric.Name).Select(ratio => Finite(ratio))]),
            };
        }

        return new JsonObject { ["a"] = A.ToJson(), ["b"] = B.ToJson(), ["ratios"] = ratios };
    }

    private IEnumerable<Metric> Shared() => A.Median.Metrics.Where(metric => B.Median.Metrics.Any(other => other.Name == metric.Name));

    private double MedianRatio(string name) => Statistics.Median(Ratios(name));

    private IEnumerable<double> Ratios(string name) => A.Runs.Zip(B.Runs, (a, b) => a[name] / b[name]);

    // JSON has no infinity, which a ratio to zero write calls would be.
    private static JsonValue? Finite(double ratio) => double.IsFinite(ratio) ? JsonValue.Create(ratio) : null;
}
