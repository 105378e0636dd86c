using System.CommandLine;
using Bayou.Load.Nats;
using Bayou.Load.Reporting;
using Bayou.Load.Stan;

namespace Bayou.Load.Verbs;

/// <summary>The options of the commands that put something on a server and keep it there while its memory is read.</summary>
public sealed class HoldOptions(int count)
{
    private readonly Option<string> _server = new("--server") { Description = "Server to load", DefaultValueFactory = _ => "nats://127.0.0.1:4222" };
    private readonly Option<int[]> _pid = new("--pid") { Description = "Process ids of the server", AllowMultipleArgumentsPerToken = true };
    private readonly Option<double> _hold = new("--hold") { Description = "Seconds to keep everything before the last reading; any key ends it", DefaultValueFactory = _ => 10 };
    private readonly Option<double> _timeout = new("--timeout") { Description = "Seconds of silence after which the run has failed", DefaultValueFactory = _ => 30 };

    public Option<int> Count { get; } = new("--count", "-n") { Description = "How many", DefaultValueFactory = _ => count };

    public StanOptions Stan { get; } = new();

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { Count, _server, Stan.ClusterId, _pid, _hold, _timeout })
            command.Options.Add(option);
    }

    public ServerUrl BindServer(ParseResult parse) => ServerUrl.Parse(parse.GetRequiredValue(_server));

    public ServerProcesses BindProcesses(ParseResult parse) => new(parse.GetValue(_pid) ?? []);

    public TimeSpan BindHold(ParseResult parse) => TimeSpan.FromSeconds(parse.GetValue(_hold));

    public TimeSpan BindPatience(ParseResult parse) => TimeSpan.FromSeconds(parse.GetValue(_timeout));
}
