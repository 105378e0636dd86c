using System.Text.Json;

namespace Bayou.Silo.Administration;

/// <summary>Writes what a server answered about channels for people.</summary>
internal static class ChannelTables
{
    public static string Channels(JsonElement page)
    {
        var table = new TextTable("CHANNEL", "MESSAGES", "BYTES", "FIRST", "LAST", "SUBSCRIPTIONS", "OFFLINE", "MAX LAG", "PENDING");
        foreach (var channel in page.GetProperty("channels").EnumerateArray())
        {
            table.Add([.. Texts(channel, "name", "messages", "bytes", "first_seq", "last_seq", "subscriptions", "offline", "max_lag", "pending")]);
        }

        return $"{table}\n{Footer(page)}";
    }

    public static string Subscriptions(JsonElement page)
    {
        var table = new TextTable("CHANNEL", "DURABLE", "QUEUE GROUP", "STATE", "LAST SENT", "LAG", "PENDING", "CLIENTS");
        foreach (var subscription in page.GetProperty("subscriptions").EnumerateArray())
        {
            table.Add([
                .. Texts(subscription, "channel", "durable_name", "queue_group", "state", "last_sent", "lag", "pending"),
                string.Join(' ', subscription.GetProperty("members").EnumerateArray().Select(static member => AdminTables.Text(member, "client_id")))]);
        }

        return $"{table}\n{Footer(page)}";
    }

    private static string Footer(JsonElement page) =>
        $"{AdminTables.Text(page, "count")} of {AdminTables.Text(page, "total")} channels. Lag: messages not sent yet; pending: sent and not acknowledged\n"
        + AdminTables.Unanswered(page);

    private static IEnumerable<string> Texts(JsonElement owner, params IReadOnlyList<string> names) => names.Select(name => AdminTables.Text(owner, name));
}
