using System.CommandLine;
using Bayou.Load.Nats;
using Bayou.Load.Reporting;
using Bayou.Load.Scenarios;

namespace Bayou.Load.Verbs;

/// <summary>The options of every scenario command that say where and how often it runs and what becomes of the figures.</summary>
public sealed class RunOptions
{
    private readonly Option<string> _server = new("--server") { Description = "Server to load", DefaultValueFactory = _ => "nats://127.0.0.1:4222" };
    private readonly Option<int[]> _pid = new("--pid") { Description = "Process id of the server (repeat for a cluster): adds CPU and write calls per message", AllowMultipleArgumentsPerToken = true };

    public RepeatOptions Repeat { get; } = new();

    public void AddTo(Command command)
    {
        command.Options.Add(_server);
        command.Options.Add(_pid);
        Repeat.AddTo(command);
    }

    public RunContext BindContext(ParseResult parse) => new(
        ServerUrl.Parse(parse.GetRequiredValue(_server)),
        new ServerProcesses(parse.GetValue(_pid) ?? []),
        new ProgressLine(parse.GetValue(Repeat.Quiet)));
}
