using System.Globalization;
using System.Text.RegularExpressions;
using Xunit;

namespace Bayou.ProcessTests.Telemetry;

/// <summary>A page in Prometheus' text format, read as strictly as its description goes: every line must be one that the format knows.</summary>
internal sealed partial class PrometheusPage
{
    private readonly Dictionary<string, string> _types = new(StringComparer.Ordinal);
    private readonly Dictionary<string, double> _samples = new(StringComparer.Ordinal);

    private PrometheusPage()
    {
    }

    /// <summary>The metrics with their types.</summary>
    public IReadOnlyDictionary<string, string> Types => _types;

    /// <summary>The names of all series, those of histograms with their endings.</summary>
    public IReadOnlySet<string> Series => _samples.Keys.Select(static key => key[..key.IndexOf('{', StringComparison.Ordinal)]).ToHashSet(StringComparer.Ordinal);

    public static PrometheusPage Parse(string text)
    {
        var page = new PrometheusPage();
        string family = "";
        Assert.EndsWith("\n", text, StringComparison.Ordinal);
        foreach (string line in text.TrimEnd('\n').Split('\n'))
        {
            if (line == "# EOF" || line.StartsWith("# HELP ", StringComparison.Ordinal) || line.StartsWith("# UNIT ", StringComparison.Ordinal)) continue;
            if (TypeLine().Match(line) is { Success: true } type)
            {
                family = type.Groups["name"].Value;
                Assert.True(page._types.TryAdd(family, type.Groups["type"].Value), $"{family} is declared twice.");
            }
            else
            {
                page.AddSample(line, family);
            }
        }

        foreach ((string name, _) in page._types.Where(static pair => pair.Value == "histogram")) page.CheckHistogram(name);
        return page;
    }

    /// <summary>The sum of a metric's samples; it must be there.</summary>
    public double Value(string name)
    {
        double[] values = [.. Samples(name)];
        Assert.NotEmpty(values);
        return values.Sum();
    }

    private IEnumerable<double> Samples(string name) =>
        _samples.Where(sample => sample.Key.StartsWith(name + "{", StringComparison.Ordinal)).Select(static sample => sample.Value);

    private void AddSample(string line, string family)
    {
        Match sample = SampleLine().Match(line);
        Assert.True(sample.Success, $"Not a line of the format: {line}");
        string name = sample.Groups["name"].Value;
        string labels = sample.Groups["labels"].Value;
        Assert.StartsWith(family, name, StringComparison.Ordinal);
        Assert.Contains(name[family.Length..], _types[family] == "histogram" ? ["_bucket", "_sum", "_count"] : (string[])[""]);
        Assert.True(_types[family] != "counter" || name.EndsWith("_total", StringComparison.Ordinal), $"A counter without its ending: {line}");
        double value = double.Parse(sample.Groups["value"].Value, NumberStyles.Float, CultureInfo.InvariantCulture);
        Assert.True(_samples.TryAdd($"{name}{{{labels}}}", value), $"Given twice: {line}");
    }

    /// <summary>Its buckets never fall, and the last one holds all.</summary>
    private void CheckHistogram(string name)
    {
        double[] buckets = [.. Samples(name + "_bucket")];
        Assert.NotEmpty(buckets);
        Assert.Equal(buckets.Order(), buckets);
        Assert.Equal(Value(name + "_count"), buckets[^1]);
    }

    [GeneratedRegex("^# TYPE (?<name>[a-zA-Z_:][a-zA-Z0-9_:]*) (?<type>counter|gauge|histogram|summary|untyped)$", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex TypeLine();

    [GeneratedRegex(
        """^(?<name>[a-zA-Z_:][a-zA-Z0-9_:]*)(\{(?<labels>([a-zA-Z_][a-zA-Z0-9_]*="([^"\\]|\\[\\"n])*",?)*)\})? (?<value>-?[0-9.eE+-]+|NaN|[+-]Inf)( [0-9]+)?$""",
        RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex SampleLine();
}
