using Bayou.Import.Files;
using Bayou.Import.Wire;

namespace Bayou.Import.Subscriptions;

/// <summary>A channel's <c>subs.dat</c>: a journal of its subscriptions, of what was sent to them and of what they acknowledged.</summary>
internal static class SubscriptionFile
{
    private const byte New = 1;
    private const byte Update = 2;
    private const byte Delete = 3;
    private const byte Acknowledged = 4;
    private const byte Sent = 5;

    public static SubscriptionTable Read(RecordReader reader, string name, Action<Damage> report)
    {
        var table = new SubscriptionTable();
        while (reader.TryRead(out var record))
        {
            Apply(table, name, record, report);
        }

        return table;
    }

    private static void Apply(SubscriptionTable table, string name, in StoredRecord record, Action<Damage> report)
    {
        switch (record.Type)
        {
            case New when StoreFolder.Parse(SubState.Parser, name, record, report) is { } state:
                table.Create(state);
                break;
            case Update when StoreFolder.Parse(SubState.Parser, name, record, report) is { } state:
                table.Update(state);
                break;
            case Delete when StoreFolder.Parse(SubStateDelete.Parser, name, record, report) is { } deleted:
                table.Remove(deleted.Id);
                break;
            case Acknowledged when StoreFolder.Parse(SubStateUpdate.Parser, name, record, report) is { } acknowledged:
                table.Acknowledge(acknowledged.Id, acknowledged.Sequence);
                break;
            case Sent when StoreFolder.Parse(SubStateUpdate.Parser, name, record, report) is { } sent:
                table.Send(sent.Id, sent.Sequence);
                break;
            case < New or > Sent:
                report(new Damage(name, record.Offset, $"a record of type {record.Type} is unknown"));
                break;
        }
    }
}
