using System.CommandLine;
using Bayou.Load.Reporting;
using Bayou.Load.Scenarios;

namespace Bayou.Load.Verbs;

/// <summary>The command that runs one scenario against one server.</summary>
public static class ScenarioVerb
{
    public static Command Create(ScenarioCommand scenario)
    {
        var command = scenario.ToCommand();
        var options = new RunOptions();
        options.AddTo(command);
        command.SetAction(parse => Execute(scenario, options, parse));
        return command;
    }

    private static int Execute(ScenarioCommand scenario, RunOptions options, ParseResult parse)
    {
        var context = options.BindContext(parse);
        string commandLine = string.Join(' ', parse.Tokens.Select(token => token.Value));
        var header = new ReportHeader(parse.GetValue(options.Repeat.Label) ?? scenario.Name, commandLine, context.Server.ToString(), DateTimeOffset.UtcNow);
        var report = ScenarioRunner.Run(scenario.Bind(parse), context, header, parse.GetValue(options.Repeat.Repeat), parse.GetValue(options.Repeat.WarmUp));
        report.Print(Console.Out);
        if (parse.GetValue(options.Repeat.Json) is { } path)
            JsonFile.Write(path, report.ToJson());
        return 0;
    }
}
