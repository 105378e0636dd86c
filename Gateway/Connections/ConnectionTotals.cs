namespace Bayou.Gateway.Connections;

/// <summary>What went through a connection, or through many.</summary>
internal readonly record struct ConnectionTotals(
    long InMessageCount, long InBytes, long OutMessageCount, long OutBytes, long SlowConsumerCount, long StaleCount)
{
    public static ConnectionTotals Of(Connection connection) => new(
        connection.Statistics.InMessageCount,
        connection.Statistics.InBytes,
        connection.Outbound.DeliveredMessageCount,
        connection.Outbound.DeliveredBytes,
        connection.ClosedReason is ClosedReason.SlowConsumerPendingBytes or ClosedReason.SlowConsumerWriteDeadline ? 1 : 0,
        connection.ClosedReason is ClosedReason.StaleConnection ? 1 : 0);

    public ConnectionTotals Add(ConnectionTotals other) => new(
        InMessageCount + other.InMessageCount,
        InBytes + other.InBytes,
        OutMessageCount + other.OutMessageCount,
        OutBytes + other.OutBytes,
        SlowConsumerCount + other.SlowConsumerCount,
        StaleCount + other.StaleCount);
}
