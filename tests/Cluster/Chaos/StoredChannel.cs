namespace Bayou.ClusterTests.Chaos;

/// <summary>What a replica holds of one channel, in order.</summary>
internal sealed record StoredChannel(IReadOnlyList<(ulong Sequence, ReadOnlyMemory<byte> Payload)> Messages)
{
    public ulong Last => Messages.Count == 0 ? 0 : Messages[^1].Sequence;
}
