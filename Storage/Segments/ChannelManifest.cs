namespace Bayou.Storage.Segments;

/// <summary>A channel's messages as a checkpoint names them.</summary>
internal sealed record ChannelManifest(ulong First, ulong Last, ulong LastLogIndex, SegmentInfo[] Segments)
{
    public static readonly ChannelManifest Empty = new(1, 0, 0, []);
}
