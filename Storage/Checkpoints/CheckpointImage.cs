using Bayou.Records;
using Bayou.Storage.Journal;
using Bayou.Storage.Segments;

namespace Bayou.Storage.Checkpoints;

/// <summary>The content of a checkpoint file.</summary>
/// <param name="Number">Grows by one with every checkpoint.</param>
/// <param name="Start">Where the journal is read from.</param>
/// <param name="Records">Place of every group's record in the file.</param>
/// <param name="Condemned">Files whose removal was decided before the checkpoint and may not have happened.</param>
/// <param name="MayLackGroups">See <see cref="SiloStore.MayLackGroups"/>.</param>
internal sealed record CheckpointImage(
    ulong Number,
    JournalPosition Start,
    IReadOnlyDictionary<GroupId, CheckpointSlot> Records,
    IReadOnlyList<SegmentKey> Condemned,
    bool MayLackGroups);
