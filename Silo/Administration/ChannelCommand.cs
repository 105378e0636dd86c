using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Bayou.Silo.Administration;

/// <summary><c>bayou channel</c>: looks at channels, their subscriptions and durables, and changes them.</summary>
internal sealed class ChannelCommand(AdminConsole console)
{
    public const string Name = "channel";

    private readonly Argument<string> _channel = new("channel") { Description = "The name of a channel" };
    private readonly Argument<string?> _pattern = new("pattern")
    {
        Description = "A channel, or a pattern such as orders.*.new or orders.>; all channels if not given",
        DefaultValueFactory = static _ => null,
    };
    private readonly Option<int> _offset = new("--offset") { Description = "Channels to leave out at the beginning" };
    private readonly Option<int> _limit = new("--limit") { Description = "Channels to show at most", DefaultValueFactory = static _ => 1024 };
    private readonly Option<bool> _force = new("--force") { Description = "Also if clients receive from it; they are not told" };

    public Command Create() => console.Extend(new Command(Name, "Look at the channels of a running server or cluster, and change them")
    {
        List(),
        Subscriptions(),
        CreateChannel(),
        Purge(),
        Delete(),
        DeleteDurable(),
    });

    private Command List()
    {
        var command = new Command("list", "Show the channels, with what they hold and how far their subscriptions are") { _pattern, _offset, _limit };
        command.SetAction((parse, cancellation) =>
            console.ExecuteAsync(parse, client => client.GetAsync($"channels?{PageOf(parse)}", cancellation), ChannelTables.Channels));
        return command;
    }

    private Command Subscriptions()
    {
        var state = new Option<string?>("--state") { Description = "Only those of this state" };
        state.AcceptOnlyFromAmong("active", "offline", "stalled");
        var client = new Option<string?>("--client") { Description = "Only those that this client receives from, or did last" };
        var durable = new Option<bool>("--durable") { Description = "Only durables" };
        var command = new Command("subscriptions", "Show the subscriptions, queue groups and durables, how far they are and what is pending")
        {
            _pattern, state, client, durable, _offset, _limit,
        };
        command.SetAction((parse, cancellation) => console.ExecuteAsync(
            parse,
            parsed => parsed.GetAsync(
                $"subscriptions?{PageOf(parse)}&state={parse.GetValue(state)}&client={Escape(parse.GetValue(client))}&durable={(parse.GetValue(durable) ? 1 : 0)}",
                cancellation),
            ChannelTables.Subscriptions));
        return command;
    }

    private Command CreateChannel() => Action(new Command("create", "Create a channel; clients create channels by using them, too") { _channel }, "create", static _ => []);

    private Command Purge()
    {
        var before = new Option<ulong?>("--before") { Description = "Only messages below this sequence", CustomParser = ParseNumber };
        var keep = new Option<ulong?>("--keep") { Description = "All messages but so many of the newest", CustomParser = ParseNumber };
        return Action(
            new Command("purge", "Remove messages of a channel: all that are there now, if not told otherwise") { _channel, before, keep },
            "purge",
            parse => new() { ["before"] = parse.GetValue(before), ["keep"] = parse.GetValue(keep) });
    }

    private Command Delete() => Action(
        new Command("delete", "Delete a channel with its messages and durables; whoever uses it next begins a new one") { _channel, _force },
        "delete",
        parse => new() { ["force"] = parse.GetValue(_force) });

    private Command DeleteDurable()
    {
        var durable = new Argument<string>("durable") { Description = "The name of a durable" };
        var client = new Option<string?>("--client") { Description = "Whose it is, if more than one client has a durable of that name" };
        var group = new Option<string?>("--queue-group") { Description = "The queue group, if it is one of more durables of that name" };
        return Action(
            new Command("delete-durable", "Delete a durable, or a durable queue group, with its position") { _channel, durable, client, group, _force },
            "delete_durable",
            parse => new()
            {
                ["durable_name"] = parse.GetValue(durable),
                ["client_id"] = parse.GetValue(client),
                ["queue_group"] = parse.GetValue(group),
                ["force"] = parse.GetValue(_force),
            });
    }

    private Command Action(Command command, string action, Func<ParseResult, Dictionary<string, object?>> request)
    {
        command.Options.Add(console.DryRun);
        command.SetAction((parse, cancellation) => console.ExecuteAsync(
            parse,
            client => client.ActAsync(
                $"channels/{action}",
                new Dictionary<string, object?>(request(parse)) { ["channel"] = parse.GetValue(_channel), ["dry_run"] = parse.GetValue(console.DryRun) },
                cancellation),
            AdminTables.Action));
        return command;
    }

    private static ulong? ParseNumber(ArgumentResult argument)
    {
        if (ulong.TryParse(argument.Tokens[0].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return number;
        }

        argument.AddError($"\"{argument.Tokens[0].Value}\" is no number such as 0 or 1000.");
        return null;
    }

    private string PageOf(ParseResult parse) =>
        FormattableString.Invariant($"offset={parse.GetValue(_offset)}&limit={parse.GetValue(_limit)}&channel={Escape(parse.GetValue(_pattern))}");

    private static string Escape(string? text) => Uri.EscapeDataString(text ?? "");
}
