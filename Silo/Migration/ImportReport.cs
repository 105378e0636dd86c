using System.Globalization;
using Bayou.Grains.Migration;
using Bayou.Import;

namespace Bayou.Silo.Migration;

/// <summary>Tells the operator what an import finds.</summary>
internal static class ImportReport
{
    private static readonly string[] Columns = ["channel", "first", "last", "messages", "bytes", "subscriptions", "durables", "pending"];

    public static void Write(ImportPlan plan, TextWriter output)
    {
        var source = plan.Source;
        output.WriteLine($"Cluster id \"{source.ClusterId}\", {plan.Channels.Count} channels, {source.Clients.Count} connected clients");
        if (source.RaftPosition is { } position)
        {
            output.WriteLine($"Raft log of node {source.NodeId}, up to {position}");
        }

        if (source.PublishPrefix != $"_STAN.pub.{source.ClusterId}")
        {
            output.WriteLine($"The old server listened on {source.PublishPrefix}, which it drew at its first start: connected clients have to connect anew");
        }

        if (source.DecryptedCount > 0)
        {
            output.WriteLine($"{source.DecryptedCount} messages were encrypted. They will not be: encryption at rest is not available yet");
        }

        WriteTable([Columns, .. plan.Channels.Select(entry => RowOf(entry.Channel, entry.Extent))], output);
        foreach (var (channel, extent) in plan.Channels.Where(entry => entry.Extent.MissingCount > 0))
        {
            output.WriteLine($"{channel.Name}: {extent.MissingCount} sequences have no message. Subscribers will go past them");
        }

        foreach (var damage in plan.Damage)
        {
            output.WriteLine($"DAMAGED {damage}");
        }
    }

    private static string[] RowOf(SourceChannel channel, ChannelExtent extent) =>
    [
        channel.Name,
        Text(extent.FirstSequence),
        Text(extent.LastSequence),
        Text(extent.MessageCount),
        Text(extent.Bytes),
        Text(channel.Subscriptions.Sum(subscription => Math.Max(1, subscription.Members.Count))),
        Text(channel.Subscriptions.Count(subscription => subscription.DurableName.Length > 0)),
        Text(channel.Subscriptions.Sum(subscription => subscription.Pending.Count(sequence => sequence >= extent.FirstSequence))),
    ];

    /// <summary>Names to the left, numbers to the right.</summary>
    private static void WriteTable(IReadOnlyList<string[]> rows, TextWriter output)
    {
        var widths = Enumerable.Range(0, Columns.Length).Select(column => rows.Max(row => row[column].Length)).ToArray();
        foreach (var row in rows)
        {
            output.WriteLine(string.Join("  ", row.Select((cell, column) => column == 0 ? cell.PadRight(widths[0]) : cell.PadLeft(widths[column]))));
        }
    }

    private static string Text(IFormattable number) => number.ToString(null, CultureInfo.InvariantCulture);
}
