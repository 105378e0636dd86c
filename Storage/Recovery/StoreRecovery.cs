using Bayou.Records;
using Bayou.Storage.Checkpoints;
using Bayou.Storage.Identity;
using Bayou.Storage.Journal;
using Bayou.Storage.Segments;

namespace Bayou.Storage.Recovery;

/// <summary>
/// Reads everything that a start needs, and changes nothing: checkpoint, journal, and whether the segments are there.
/// </summary>
internal sealed class StoreRecovery
{
    private readonly IDisk _disk;
    private readonly DamageLog _damage;
    private readonly JournalReplay _replay = new();

    public StoreRecovery(IDisk disk, StoredIdentity identity, DamagePolicy policy, Action<string> log)
    {
        _disk = disk;
        _damage = new DamageLog(policy, log);
        CheckpointFile = new CheckpointFile(disk, identity.Identity.Silo, log);
        Checkpoint = CheckpointFile.Read(_replay.Restore);
        var journal = new JournalRecovery(disk, JournalLayout.SiloSeed(identity.Identity.Silo), _replay, _damage);
        Position = journal.Run(Checkpoint.Start, identity.JournalFile);
        (EndsInEmptyFile, ReplayedBytes) = (journal.EndsInEmptyFile, journal.ReplayedBytes);
        foreach (var (group, replay) in _replay.Groups)
        {
            Groups.Add(Recover(replay));
            Channels.Add(group, new RecoveredChannel(replay.Channel, FindDamage(group, replay.Channel)));
        }
    }

    public CheckpointFile CheckpointFile { get; }

    public CheckpointImage Checkpoint { get; }

    /// <summary>Where the journal goes on: the beginning of a file.</summary>
    public JournalPosition Position { get; }

    /// <summary>The file of <see cref="Position"/> exists and holds nothing yet.</summary>
    public bool EndsInEmptyFile { get; }

    public long ReplayedBytes { get; }

    /// <summary>All groups in order of their ids.</summary>
    public List<RecoveredGroup> Groups { get; } = [];

    public Dictionary<GroupId, RecoveredChannel> Channels { get; } = [];

    /// <summary>Files in which damage was found.</summary>
    public IReadOnlyCollection<string> DamagedFiles => _damage.Files;

    public Dictionary<GroupId, DirtyGroup> Dirty => _replay.Dirty;

    public bool MayLackGroups => Checkpoint.MayLackGroups || _replay.HasLostUnknown;

    /// <summary>Groups whose segments are not those of the checkpoint any more.</summary>
    public IReadOnlyCollection<GroupId> Replaced => _replay.Replaced;

    /// <summary>Groups whose files belong into the quarantine of this number.</summary>
    public IReadOnlyDictionary<GroupId, uint> Quarantined => _replay.Quarantined;

    /// <summary>
    /// Notes to be written before anything else: what is written from now on comes from owners who know of these faults, and must not
    /// pass for what makes them good.
    /// </summary>
    public IEnumerable<JournalWrite> FaultNotes =>
        from recovered in Groups
        where recovered.Fault is not null && _replay.HasNewFault(recovered.Group)
        select new JournalWrite { Group = recovered.Group, Fault = recovered.Fault };

    private RecoveredGroup Recover(GroupReplay replay)
    {
        var recovered = replay.ToRecovered();
        if (recovered.Fault is not null && _damage.Policy == DamagePolicy.Refuse)
        {
            throw new StorageCorruptException(
                JournalLayout.PathOf(Checkpoint.Start.File),
                0,
                $"the log of group {recovered.Group} has a gap after index {recovered.AppliedIndex + (ulong)recovered.Entries.Count}");
        }

        return recovered;
    }

    private List<SegmentFault> FindDamage(GroupId group, ChannelManifest channel)
    {
        var faults = new List<SegmentFault>();
        foreach (var segment in channel.Segments)
        {
            var path = new SegmentKey(group, segment.First).Path;
            var length = _disk.LengthOf(path);
            var reason = length < 0 ? "the segment is missing"
                : length < segment.Length ? $"the segment was cut: {segment.Length} bytes were durable"
                : segment is { IsSealed: true } && segment.Hash == 0 ? "the segment was damaged when it was sealed"
                : null;
            if (reason is not null)
            {
                var offset = Math.Clamp(length, 0, segment.Length - 1);
                _damage.Found(new StorageCorruptException(path, Math.Max(0, length), reason));
                faults.Add(new SegmentFault(segment.First, offset, segment.Length - offset, reason));
            }
        }

        return faults;
    }
}
