using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.Json;

namespace Bayou.Silo.Administration;

/// <summary><c>bayou cluster</c>: looks at a running cluster and changes it, over the monitoring port of any of its servers.</summary>
internal sealed class AdminCommand
{
    public const string Name = "cluster";

    private const string DefaultServer = "http://127.0.0.1:8222";

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    private readonly TextWriter _output;
    private readonly TextWriter _errors;
    private readonly Option<Uri> _server = new("--server")
    {
        Description = "Monitoring address of a server; user:password@ or token@ before the host where it asks for that",
        DefaultValueFactory = static _ => new Uri(DefaultServer),
        CustomParser = ParseServer,
        Recursive = true,
    };
    private readonly Option<bool> _json = new("--json") { Description = "Print the server's answer as it is", Recursive = true };
    private readonly Option<bool> _dryRun = new("--dry-run") { Description = "Only say what would be done" };
    private readonly Option<bool> _noWait = new("--no-wait") { Description = "Return when it is decided, not when it is done" };
    private readonly Option<int> _timeout = new("--timeout") { Description = "Seconds to wait until it is done", DefaultValueFactory = static _ => 300 };
    private readonly Argument<string> _node = new("node") { Description = "The node_id of a server" };

    private AdminCommand(TextWriter output, TextWriter errors)
    {
        _output = output;
        _errors = errors;
    }

    /// <summary>Whether a command line is for this command rather than for the server.</summary>
    public static bool Handles(IReadOnlyList<string> args) => args is [Name, ..];

    /// <summary>Runs a command line, of which the first word is <see cref="Name"/>; returns an <see cref="AdminExitCode"/>.</summary>
    public static async Task<int> RunAsync(IReadOnlyList<string> args, TextWriter output, TextWriter errors)
    {
        var root = new RootCommand("A messaging server for NATS and NATS Streaming clients.") { new AdminCommand(output, errors).Create() };
        var parsed = root.Parse(args);
        var exitCode = await parsed.InvokeAsync(new InvocationConfiguration { Output = output, Error = errors });
        return parsed.Errors.Count > 0 ? AdminExitCode.Usage : exitCode;
    }

    private Command Create()
    {
        var command = new Command(Name, "Look at a running cluster, and change it")
        {
            Status(),
            Groups(),
            Transfer(),
            NodeAction("drain", "Have a node give up everything that it leads, and lead nothing until it is added again", AdminWait.IsDrained),
            NodeAction("add", "Have a node take part in full: it stays, it may lead, and it gets its share of the replicas", AdminWait.IsSettled),
            NodeAction("remove", "Move everything that a node has to others, then take it out of the cluster", AdminWait.IsRemoved),
        };
        command.Options.Add(_server);
        command.Options.Add(_json);
        return command;
    }

    private static Uri? ParseServer(ArgumentResult argument)
    {
        var text = argument.Tokens[0].Value;
        if (Uri.TryCreate(text, UriKind.Absolute, out var server) && server.Scheme is "http" or "https")
        {
            return server;
        }

        argument.AddError($"\"{text}\" is no address such as {DefaultServer}.");
        return null;
    }

    private Command Status()
    {
        var command = new Command("status", "Show the nodes of the cluster, and how many groups need attention");
        command.SetAction((parse, cancellation) => ExecuteAsync(parse, client => client.ClusterAsync(cancellation), AdminTables.Cluster));
        return command;
    }

    private Command Groups()
    {
        var state = new Option<string?>("--state") { Description = "Only groups of this state" };
        state.AcceptOnlyFromAmong("damaged", "moving", "no_leader", "no_quorum", "under_replicated");
        var channel = new Option<string?>("--channel") { Description = "Only the group of this channel" };
        var offset = new Option<int>("--offset") { Description = "Groups to leave out at the beginning" };
        var limit = new Option<int>("--limit") { Description = "Groups to show at most", DefaultValueFactory = static _ => 1024 };
        var command = new Command("groups", "Show the groups, the metadata's and one for each channel, with their replicas") { state, channel, offset, limit };
        command.SetAction((parse, cancellation) => ExecuteAsync(
            parse,
            client => client.GroupsAsync(
                FormattableString.Invariant($"offset={parse.GetValue(offset)}&limit={parse.GetValue(limit)}&state={parse.GetValue(state)}&channel={Uri.EscapeDataString(parse.GetValue(channel) ?? "")}"),
                cancellation),
            AdminTables.Groups));
        return command;
    }

    private Command Transfer()
    {
        var group = new Argument<string>("group") { Description = "The number of a group, or the name of a channel" };
        var to = new Option<string?>("--to") { Description = "The node that is to lead; the one that leads the fewest if not given" };
        var command = new Command("transfer", "Have another node lead a group") { group, to, _dryRun };
        command.SetAction((parse, cancellation) => ExecuteAsync(
            parse,
            client => client.ActAsync(
                "transfer",
                new Dictionary<string, object?> { ["group"] = parse.GetValue(group), ["to"] = parse.GetValue(to), ["dry_run"] = parse.GetValue(_dryRun) },
                cancellation),
            AdminTables.Action));
        return command;
    }

    private Command NodeAction(string action, string description, Func<JsonElement, string, bool> isDone)
    {
        var command = new Command(action, description) { _node, _dryRun, _noWait, _timeout };
        command.SetAction(async (parse, cancellation) =>
        {
            var node = parse.GetValue(_node)!;
            var exitCode = await ExecuteAsync(
                parse,
                client => client.ActAsync(action, new Dictionary<string, object?> { ["node_id"] = node, ["dry_run"] = parse.GetValue(_dryRun) }, cancellation),
                AdminTables.Action);
            return exitCode != AdminExitCode.Done || parse.GetValue(_dryRun) || parse.GetValue(_noWait)
                ? exitCode
                : await WaitAsync(parse, node, isDone, cancellation);
        });
        return command;
    }

    private async Task<int> ExecuteAsync(ParseResult parse, Func<AdminClient, Task<AdminAnswer>> ask, Func<JsonElement, string> format)
    {
        try
        {
            using var client = new AdminClient(parse.GetValue(_server)!);
            var answer = await ask(client);
            if (parse.GetValue(_json))
            {
                await _output.WriteAsync(answer.Text);
            }
            else
            {
                await (answer.IsSuccess ? _output : _errors).WriteAsync(answer.IsSuccess ? format(answer.Content) : AdminTables.Action(answer.Content));
            }

            return answer.ExitCode;
        }
        catch (HttpRequestException exception)
        {
            await _errors.WriteLineAsync($"{parse.GetValue(_server)}: {exception.Message}");
            return AdminExitCode.Unavailable;
        }
    }

    /// <summary>Looks again and again until what was begun is done. A server that is removed stops, and answers no more.</summary>
    private async Task<int> WaitAsync(ParseResult parse, string node, Func<JsonElement, string, bool> isDone, CancellationToken cancellation)
    {
        using var client = new AdminClient(parse.GetValue(_server)!);
        var start = TimeProvider.System.GetTimestamp();
        var isOwn = false;
        while (TimeProvider.System.GetElapsedTime(start).TotalSeconds < parse.GetValue(_timeout))
        {
            try
            {
                var answer = await client.ClusterAsync(cancellation);
                isOwn = answer.IsSuccess && answer.Content.GetProperty("node_id").ValueEquals(node);
                if (answer.IsSuccess && isDone(answer.Content, node))
                {
                    return AdminExitCode.Done;
                }
            }
            catch (HttpRequestException) when (isOwn)
            {
                await _errors.WriteLineAsync($"{node} answers no more: ask another node whether that is all.");
                return AdminExitCode.Done;
            }
            catch (HttpRequestException)
            {
                // It may be busy, or on its way back.
            }

            await Task.Delay(Pause, cancellation);
        }

        await _errors.WriteLineAsync($"Not done after {parse.GetValue(_timeout)} seconds; it goes on.");
        return AdminExitCode.Refused;
    }
}
