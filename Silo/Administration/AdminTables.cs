using System.Text;
using System.Text.Json;

namespace Bayou.Silo.Administration;

/// <summary>Writes what a server answered for people.</summary>
internal static class AdminTables
{
    public static string Cluster(JsonElement cluster)
    {
        if (!cluster.GetProperty("formed").GetBoolean())
        {
            return $"{Text(cluster, "node_id")} does not belong to a cluster yet.\n";
        }

        var table = new TextTable("NODE", "NUMBER", "STATE", "ADDRESS", "METADATA", "LEADERS", "REPLICAS", "");
        foreach (var silo in cluster.GetProperty("silos").EnumerateArray())
        {
            table.Add(
                Text(silo, "node_id"), Text(silo, "number"), Text(silo, "state"), Text(silo, "address"), MetadataRole(silo),
                Text(silo, "leaders"), Text(silo, "replicas"), string.Join(", ", Flags(silo, "drained", "leaving")));
        }

        var counts = cluster.GetProperty("groups");
        return $"{table}\n{Text(counts, "total")} groups: {Text(counts, "without_quorum")} without quorum, {Text(counts, "without_leader")} without leader, "
            + $"{Text(counts, "under_replicated")} under-replicated, {Text(counts, "moving")} moving, {Text(counts, "damaged")} damaged\n{Unanswered(cluster)}";
    }

    public static string Groups(JsonElement page)
    {
        var table = new TextTable("GROUP", "CHANNEL", "LEADER", "TERM", "QUORUM", "REPLICAS", "");
        foreach (var group in page.GetProperty("groups").EnumerateArray())
        {
            table.Add(
                Text(group, "group"),
                group.TryGetProperty("channel", out _) ? Text(group, "channel") : "(metadata)",
                Text(group, "leader"),
                Text(group, "term"),
                group.GetProperty("quorum").GetBoolean() ? "yes" : "NO",
                string.Join(' ', group.GetProperty("replicas").EnumerateArray().Select(Replica)),
                string.Join(", ", Flags(group, "under_replicated", "moving", "damaged")));
        }

        return $"{table}\n{Text(page, "count")} of {Text(page, "total")} groups. In brackets: what a replica is, and how many entries it lacks\n{Unanswered(page)}";
    }

    /// <summary>The answer to an action.</summary>
    public static string Action(JsonElement answer)
    {
        if (answer.TryGetProperty("error", out var error))
        {
            var allowed = answer.TryGetProperty("allowed", out var names) ? $"Allowed: {string.Join(", ", names.EnumerateArray())}\n" : "";
            return $"{error}\n{allowed}";
        }

        var text = new StringBuilder(answer.GetProperty("dry_run").GetBoolean() ? "Dry run, nothing is changed. " : "").Append(Text(answer, "message")).Append('\n');
        foreach (var warning in answer.GetProperty("warnings").EnumerateArray())
        {
            text.Append("Warning: ").Append(warning).Append('\n');
        }

        if (!answer.TryGetProperty("moves", out var replicas) || replicas.GetArrayLength() == 0)
        {
            return text.ToString();
        }

        var moves = new TextTable("GROUP", "CHANNEL", "FROM", "TO");
        foreach (var move in replicas.EnumerateArray())
        {
            moves.Add(Text(move, "group"), move.TryGetProperty("channel", out _) ? Text(move, "channel") : "(metadata)", Text(move, "from"), Text(move, "to"));
        }

        return text.Append('\n').Append(moves).ToString();
    }

    private static string MetadataRole(JsonElement silo) =>
        silo.GetProperty("metadata_leader").GetBoolean() ? "leader" : silo.GetProperty("metadata_voter").GetBoolean() ? "voter" : "learner";

    /// <summary>The leader has a star.</summary>
    private static string Replica(JsonElement replica)
    {
        var remarks = new List<string>();
        if (Text(replica, "state") is not "ok" and var state)
        {
            remarks.Add(state);
        }

        if (replica.TryGetProperty("lag", out var lag) && lag.GetUInt64() > 0)
        {
            remarks.Add(lag.ToString());
        }

        return Text(replica, "node_id") + (replica.GetProperty("leader").GetBoolean() ? "*" : "") + (remarks.Count > 0 ? $"({string.Join(',', remarks)})" : "");
    }

    private static IEnumerable<string> Flags(JsonElement owner, params IReadOnlyList<string> names) =>
        names.Where(name => owner.GetProperty(name).GetBoolean()).Select(name => name.Replace('_', '-'));

    public static string Unanswered(JsonElement page) => page.GetProperty("unanswered").EnumerateArray().ToList() is { Count: > 0 } nodes
        ? $"Not complete: no answer from {string.Join(", ", nodes)}\n"
        : "";

    /// <summary>A property as text; a dash where it is missing.</summary>
    public static string Text(JsonElement owner, string name) => owner.TryGetProperty(name, out var value) ? value.ToString() : "-";
}
