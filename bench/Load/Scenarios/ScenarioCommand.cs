using System.CommandLine;

namespace Bayou.Load.Scenarios;

/// <summary>A scenario as the command line knows it: name, own options, and how to make the scenario of what was typed.</summary>
public sealed record ScenarioCommand(string Name, string Description, WorkloadOptions Workload, IReadOnlyList<Option> Options, Func<ParseResult, Workload, IScenario> Create)
{
    public IScenario Bind(ParseResult parse) => Create(parse, Workload.Bind(parse));

    /// <summary>A fresh command with the options of the scenario; whoever runs it adds its own.</summary>
    public Command ToCommand()
    {
        var command = new Command(Name, Description);
        Workload.AddTo(command);
        foreach (var option in Options)
            command.Options.Add(option);
        return command;
    }
}
