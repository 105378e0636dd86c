using System.CommandLine;
using System.Text.Json;

namespace Bayou.Silo.Administration;

/// <summary><c>bayou cluster</c>: looks at a running cluster and changes it.</summary>
internal sealed class ClusterCommand(AdminConsole console)
{
    public const string Name = "cluster";

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    private readonly Option<bool> _noWait = new("--no-wait") { Description = "Return when it is decided, not when it is done" };
    private readonly Option<int> _timeout = new("--timeout") { Description = "Seconds to wait until it is done", DefaultValueFactory = static _ => 300 };
    private readonly Argument<string> _node = new("node") { Description = "The node_id of a server" };

    public Command Create()
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
        return console.Extend(command);
    }

    private Command Status()
    {
        var command = new Command("status", "Show the nodes of the cluster, and how many groups need attention");
        command.SetAction((parse, cancellation) => console.ExecuteAsync(parse, client => client.ClusterAsync(cancellation), AdminTables.Cluster));
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
        command.SetAction((parse, cancellation) => console.ExecuteAsync(
            parse,
            client => client.GetAsync(
                FormattableString.Invariant($"groups?offset={parse.GetValue(offset)}&limit={parse.GetValue(limit)}&state={parse.GetValue(state)}&channel={Uri.EscapeDataString(parse.GetValue(channel) ?? "")}"),
                cancellation),
            AdminTables.Groups));
        return command;
    }

    private Command Transfer()
    {
        var group = new Argument<string>("group") { Description = "The number of a group, or the name of a channel" };
        var to = new Option<string?>("--to") { Description = "The node that is to lead; the one that leads the fewest if not given" };
        var command = new Command("transfer", "Have another node lead a group") { group, to, console.DryRun };
        command.SetAction((parse, cancellation) => console.ExecuteAsync(
            parse,
            client => client.ActAsync(
                "cluster/transfer",
                new Dictionary<string, object?> { ["group"] = parse.GetValue(group), ["to"] = parse.GetValue(to), ["dry_run"] = parse.GetValue(console.DryRun) },
                cancellation),
            AdminTables.Action));
        return command;
    }

    private Command NodeAction(string action, string description, Func<JsonElement, string, bool> isDone)
    {
        var command = new Command(action, description) { _node, console.DryRun, _noWait, _timeout };
        command.SetAction(async (parse, cancellation) =>
        {
            var node = parse.GetValue(_node)!;
            var exitCode = await console.ExecuteAsync(
                parse,
                client => client.ActAsync($"cluster/{action}", new Dictionary<string, object?> { ["node_id"] = node, ["dry_run"] = parse.GetValue(console.DryRun) }, cancellation),
                AdminTables.Action);
            return exitCode != AdminExitCode.Done || parse.GetValue(console.DryRun) || parse.GetValue(_noWait)
                ? exitCode
                : await WaitAsync(parse, node, isDone, cancellation);
        });
        return command;
    }

    /// <summary>Looks again and again until what was begun is done. A server that is removed stops, and answers no more.</summary>
    private async Task<int> WaitAsync(ParseResult parse, string node, Func<JsonElement, string, bool> isDone, CancellationToken cancellation)
    {
        using var client = console.Connect(parse);
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
                await console.Errors.WriteLineAsync($"{node} answers no more: ask another node whether that is all.");
                return AdminExitCode.Done;
            }
            catch (HttpRequestException)
            {
                // It may be busy, or on its way back.
            }

            await Task.Delay(Pause, cancellation);
        }

        await console.Errors.WriteLineAsync($"Not done after {parse.GetValue(_timeout)} seconds; it goes on.");
        return AdminExitCode.Refused;
    }
}
