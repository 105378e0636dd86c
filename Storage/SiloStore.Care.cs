using Bayou.Records;
using Bayou.Storage.Journal;
using Bayou.Storage.Recovery;
using Bayou.Storage.Segments;

namespace Bayou.Storage;

/// <summary>Damage, what becomes of its victims, and the space on the disk.</summary>
public sealed partial class SiloStore
{
    /// <summary>
    /// A part of the journal is lost that may have held the only records of groups that are not in <see cref="Groups"/>: the owner has to
    /// take a group that it expects here and does not find for one with <see cref="GroupFault.Unknown"/>. Stays so over restarts until
    /// <see cref="ConfirmGroups"/>.
    /// </summary>
    public bool MayLackGroups => Volatile.Read(ref _mayLackGroups);

    /// <summary>
    /// Publishes should be refused, and nothing else: less than <see cref="StorageOptions.AdmissionFreePercent"/> of the disk is free, or the
    /// journal has reached <see cref="StorageOptions.MaxJournalBytes"/>. Cheap enough to ask for every publish. The store itself goes on
    /// taking writes, since acknowledgements, trims and checkpoints are what makes room again.
    /// </summary>
    public bool IsNearlyFull => _space.IsLow || _writer.IsOverBound;

    /// <summary>
    /// The owner knows of every group that this silo had, and has given a <see cref="GroupFault"/> to those that need one. Durable with
    /// the next checkpoint.
    /// </summary>
    public void ConfirmGroups() => Volatile.Write(ref _mayLackGroups, false);

    /// <summary>
    /// Ends a replica that cannot be trusted: its segments are moved to <c>quarantine/</c>, where nobody removes them, and the group is
    /// gone. It may begin anew with a write that says <see cref="JournalWrite.GroupCreated"/> and a new <see cref="OpenLog"/>; the old log
    /// is at its end for readers and takes no appends. To be called by the group's owner after its last write of the old replica, with no
    /// import under way, and not from a callback of the store. Blocks on the disk.
    /// </summary>
    public void Quarantine(GroupId group)
    {
        using (Change())
        {
            var number = QuarantineFolder.NextNumber(_disk, group);
            OpenLog(group).Close();
            Append(new JournalWrite { Group = group, Quarantine = number });
            WaitFor(JournalCommand.Barrier);
            QuarantineFolder.Move(_disk, group, number);
            _segments.Condemned.Pardon(group);
        }
    }

    /// <summary>
    /// Verifies about <paramref name="byteBudget"/> bytes of what is durable, going on where the last call stopped: the copies of the
    /// checkpoint, which are mended here, and all segments, whose damage goes to <see cref="ChannelLog.Faults"/>. Reads around the
    /// system's cache. One thread at a time; a new start begins a new pass. Its pace is the caller's: a full pass in seven days, at
    /// no more than 8 MB/s, is what the server asks for.
    /// </summary>
    public ScrubStep Scrub(long byteBudget) => _scrubber.Step(byteBudget);

    /// <summary>
    /// Does for all durable segments of one group at once what <see cref="Scrub"/> does for everything piece by piece. Any thread, also
    /// beside a pass. Blocks on the disk.
    /// </summary>
    public ScrubStep Verify(GroupId group) =>
        new Scrubber(_segments, () => [group], DescribeToScrub, OpenLog, static () => default).Step(long.MaxValue);

    /// <summary>Brings the files into the state that was read: what was decided before the silo stopped is done now.</summary>
    private void Settle(StoreRecovery recovery)
    {
        foreach (var key in recovery.Checkpoint.Condemned)
        {
            // A group that began anew may use the names of its former life.
            if (!recovery.Channels.TryGetValue(key.Group, out var channel) || (!key.IsFolder && !channel.Names(key.First)))
            {
                _segments.Condemned.Add(key);
            }
        }

        _segments.Condemned.Remove(_segments.Condemned.ToArray());
        foreach (var (group, number) in recovery.Quarantined)
        {
            QuarantineFolder.Move(_disk, group, number);
        }

        foreach (var group in recovery.Replaced)
        {
            CondemnUnnamed(group, recovery.Channels.GetValueOrDefault(group));
        }

        // Of a group without any record an import may have begun: that is taken up again, or not, before the next checkpoint.
        RemoveUselessStaged(group => recovery.Replaced.Contains(group));
    }

    /// <summary>
    /// Removes staged files that no import can use any more, because their group is gone or has the segment, or had it and trimmed it.
    /// </summary>
    private void RemoveUselessStaged(Func<GroupId, bool> isUnknownGone)
    {
        foreach (var group in SegmentStaging.Groups(_disk).ToList())
        {
            if (_logs.TryGetValue(group, out var log))
            {
                log.Value.RemoveUselessStaged();
            }
            else if (_recovered.TryGetValue(group, out var channel))
            {
                new SegmentStaging(group, _segments).Remove(first => !channel.Lacks(first));
            }
            else if (isUnknownGone(group))
            {
                new SegmentStaging(group, _segments).Remove(_ => true);
            }
        }
    }

    /// <summary>A deletion or a snapshot that was journaled may not have reached the files before the silo stopped.</summary>
    private void CondemnUnnamed(GroupId group, RecoveredChannel? channel)
    {
        foreach (var name in _disk.List(SegmentKey.FolderOf(group)))
        {
            if (SegmentKey.TryParse(name, out var first) && channel?.Names(first) != true)
            {
                _segments.Condemned.Add(new SegmentKey(group, first));
            }
        }

        if (channel is null)
        {
            _segments.Condemned.Add(new SegmentKey(group, First: 0));
        }
    }

    private GroupId[] GroupsToScrub() => [.. _recovered.Keys.Union(_logs.Keys).Order()];

    private ChannelManifest DescribeToScrub(GroupId group) =>
        _logs.TryGetValue(group, out var log) ? log.Value.Describe() : _recovered.GetValueOrDefault(group, RecoveredChannel.Empty).Manifest;

    private (long Bytes, int Damaged) VerifyCheckpoint()
    {
        using (Change())
        {
            return _checkpointFile.Verify();
        }
    }
}
