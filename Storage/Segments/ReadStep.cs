namespace Bayou.Storage.Segments;

/// <summary>Where a reader finds what it wants next: nowhere yet, in memory (a run of batches), or in a file.</summary>
internal readonly record struct ReadStep(int RunCount, ChannelSegment? Segment, long Offset, long Limit)
{
    /// <summary>The offset is not known yet: the segment is sealed and its footer tells.</summary>
    public const long AskFooter = -1;
}
