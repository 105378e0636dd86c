using Bayou.Records;

namespace Bayou.Storage.Segments;

/// <summary>What all channels of a silo share.</summary>
/// <param name="Disk">The disk.</param>
/// <param name="Options">Sizes.</param>
/// <param name="Policy">Whether a channel goes on with damage in its older messages.</param>
/// <param name="FaultFound">Told when damage was found, under the channel's lock.</param>
internal sealed record SegmentServices(IDisk Disk, StorageOptions Options, DamagePolicy Policy, Action<GroupId> FaultFound)
{
    public OpenFiles Files { get; } = new(Disk, Options.MaxOpenSegments);

    public TailCache Tails { get; } = new(Options.TailCacheBytes);

    public CondemnedFiles Condemned { get; } = new(Disk);
}
