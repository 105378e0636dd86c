using System.Text.Json.Nodes;

namespace Bayou.Load.Reporting;

/// <summary>What several runs of one scenario against one server measured.</summary>
public sealed record Report(ReportHeader Header, IReadOnlyList<RunResult> Runs)
{
    public RunResult Median { get; } = RunResult.MedianOf(Runs);

    public void Print(TextWriter output)
    {
        output.WriteLine($"{Header.Label}  ({Header.CommandLine} @ {Header.Server})");
        var table = new Table(["", "median", .. Runs.Count > 1 ? Runs.Select((_, i) => $"run {i + 1}") : [], ""]);
        foreach (var metric in Median.Metrics)
        {
            string[] runs = Runs.Count > 1 ? [.. Runs.Select(run => Figure.Format(run[metric.Name]))] : [];
            table.Add([metric.Name, Figure.Format(metric.Value), .. runs, metric.Unit]);
        }

        table.Print(output);
    }

    public JsonObject ToJson() => new()
    {
        ["label"] = Header.Label,
        ["command"] = Header.CommandLine,
        ["server"] = Header.Server,
        ["started"] = Header.Started.ToString("O"),
        ["median"] = ToJson(Median),
        ["runs"] = new JsonArray([.. Runs.Select(ToJson)]),
    };

    private static JsonObject ToJson(RunResult result)
    {
        var json = new JsonObject();
        foreach (var metric in result.Metrics)
            json[metric.Name] = new JsonObject { ["value"] = metric.Value, ["unit"] = metric.Unit };
        return json;
    }
}
