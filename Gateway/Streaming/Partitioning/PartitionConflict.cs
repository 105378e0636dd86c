namespace Bayou.Gateway.Streaming.Partitioning;

/// <summary>Another server has a channel, or a pattern of channels, of this one's. The text is NATS Streaming's.</summary>
public sealed record PartitionConflict(string Channel, string ServerId)
{
    public override string ToString() => $"channel \"{Channel}\" causes conflict with channels on server \"{ServerId}\"";
}
