namespace Bayou.Storage.Segments;

/// <summary>A channel as it was recovered, and the damage that was seen in its segments.</summary>
internal sealed record RecoveredChannel(ChannelManifest Manifest, IReadOnlyList<SegmentFault> Faults)
{
    public static readonly RecoveredChannel Empty = new(ChannelManifest.Empty, []);

    public bool Names(ulong first) => Manifest.Segments.Any(segment => segment.First == first);

    /// <summary>Whether the segment of this first sequence is not here whole, and would be of use.</summary>
    public bool Lacks(ulong first) =>
        first > Manifest.LastSequence
        || Manifest.Segments.Any(segment => segment.First == first && !segment.IsSealed)
        || Faults.Any(fault => fault.SegmentFirst == first);
}
