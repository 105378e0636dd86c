using Bayou.Records;

namespace Bayou.Storage.Segments;

/// <summary>Names a segment file; with a first sequence of 0, which no message has, the folder of a channel.</summary>
internal readonly record struct SegmentKey(GroupId Group, ulong First)
{
    public string Path => SegmentInfo.PathOf(Group, First);

    public bool IsFolder => First == 0;

    /// <summary>Ties a frame's checksum to its file.</summary>
    public ulong Seed => (Group.Value * 0xC2B2AE3D27D4EB4F) ^ (First * 0x165667B19E3779F9);
}
