using System.CommandLine;
using System.Text.Json.Nodes;
using Bayou.Load.Nats;
using Bayou.Load.Reporting;
using Bayou.Load.Scenarios;

namespace Bayou.Load.Verbs;

/// <summary>Runs scenarios in turn against two servers and prints the ratios.</summary>
public sealed class CompareVerb
{
    private readonly Argument<string[]> _commands = new("commands") { Description = "Scenarios in quotes: \"pubsub --size 16\", or \"stan-pub vs js-pub\" for another one on B", Arity = ArgumentArity.OneOrMore };
    private readonly Option<string> _serverA = new("--server-a", "-a") { Description = "Server A", Required = true };
    private readonly Option<string> _serverB = new("--server-b", "-b") { Description = "Server B, the one that A is held against", Required = true };
    private readonly Option<int[]> _pidA = new("--pid-a") { Description = "Process ids of server A", AllowMultipleArgumentsPerToken = true };
    private readonly Option<int[]> _pidB = new("--pid-b") { Description = "Process ids of server B", AllowMultipleArgumentsPerToken = true };
    private readonly Option<string> _labelA = new("--label-a") { Description = "Name of server A in the report", DefaultValueFactory = _ => "A" };
    private readonly Option<string> _labelB = new("--label-b") { Description = "Name of server B in the report", DefaultValueFactory = _ => "B" };
    private readonly RepeatOptions _repeat = new();

    public static Command Create()
    {
        var verb = new CompareVerb();
        var command = new Command("compare", "Run scenarios alternately (A B A B ...) against two servers and print the ratios A/B, pair by pair");
        command.Arguments.Add(verb._commands);
        foreach (var option in new Option[] { verb._serverA, verb._serverB, verb._pidA, verb._pidB, verb._labelA, verb._labelB })
            command.Options.Add(option);
        verb._repeat.AddTo(command);
        command.SetAction(verb.Execute);
        return command;
    }

    private int Execute(ParseResult parse)
    {
        Comparison[] comparisons = [.. parse.GetRequiredValue(_commands).Select(Comparison.Parse)];
        var a = Bind(parse, _labelA, _serverA, _pidA);
        var b = Bind(parse, _labelB, _serverB, _pidB);
        var summary = new Table(["", "", a.Label, b.Label, "A/B", ""]);
        var json = new JsonArray();
        bool hasFailed = false;
        foreach (var comparison in comparisons)
        {
            try
            {
                Report(Run(comparison, a, b, parse), comparison.Text, summary, json);
            }
            catch (LoadException exception)
            {
                // The other comparisons are still worth having; the exit code tells.
                hasFailed = true;
                Console.Error.WriteLine($"FAILED: {comparison.Text}: {exception.Message}");
                summary.Add([comparison.Text, "FAILED", "", "", "", ""]);
                json.Add(new JsonObject { ["command"] = comparison.Text, ["failed"] = exception.Message });
            }
        }

        if (comparisons.Length > 1)
            summary.Print(Console.Out);
        if (parse.GetValue(_repeat.Json) is { } path)
            JsonFile.Write(path, new JsonObject { ["label"] = parse.GetValue(_repeat.Label), ["comparisons"] = json });
        return hasFailed ? 1 : 0;
    }

    private Contestant Bind(ParseResult parse, Option<string> label, Option<string> server, Option<int[]> pid) => new(
        parse.GetRequiredValue(label),
        new RunContext(
            ServerUrl.Parse(parse.GetRequiredValue(server)),
            new ServerProcesses(parse.GetValue(pid) ?? []),
            new ProgressLine(parse.GetValue(_repeat.Quiet))));

    private ComparisonReport Run(Comparison comparison, Contestant a, Contestant b, ParseResult parse)
    {
        var (headerA, headerB) = (a.Header(comparison.A), b.Header(comparison.B));
        a.WarmUp(comparison.A, parse.GetValue(_repeat.WarmUp));
        b.WarmUp(comparison.B, parse.GetValue(_repeat.WarmUp));

        List<RunResult> runsA = [];
        List<RunResult> runsB = [];
        int repeat = parse.GetValue(_repeat.Repeat);
        for (int i = 1; i <= repeat; i++)
        {
            runsA.Add(a.Run(comparison.A, $"{i}/{repeat}"));
            runsB.Add(b.Run(comparison.B, $"{i}/{repeat}"));
        }

        return new ComparisonReport(new Report(headerA, runsA), new Report(headerB, runsB));
    }

    private static void Report(ComparisonReport report, string title, Table summary, JsonArray json)
    {
        report.Print(Console.Out);
        json.Add(report.ToJson());
        foreach (string[] row in report.SummaryRows(title))
            summary.Add(row);
    }
}
