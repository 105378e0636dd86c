using Bayou.Grains.Metadata;
using Bayou.Records;
using Bayou.Storage;

namespace Bayou.Grains.Replication;

/// <summary>
/// What the store recovered and nobody has asked for: groups that the metadata on this silo does not know yet, or whose replica is
/// elsewhere now. Nothing of theirs is removed; checkpoints carry them on as they are.
/// </summary>
internal sealed class UnclaimedGroups(SiloStore store)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<GroupId, RecoveredGroup> _groups = store.Groups.ToDictionary(group => group.Group);

    /// <summary>A group of which the store cannot say whether it had anything.</summary>
    public static RecoveredGroup Lost(GroupId group) => new()
    {
        Group = group,
        HardState = default,
        AppliedIndex = 0,
        AppliedTerm = 0,
        State = default,
        Entries = [],
        Fault = GroupFault.Unknown,
    };

    /// <summary>What the store has of a group that was not given out; null if that is nothing.</summary>
    public RecoveredGroup? Find(GroupId group)
    {
        lock (_gate)
        {
            return _groups.GetValueOrDefault(group);
        }
    }

    /// <summary>Gives out a group, once; null if the store has nothing of it.</summary>
    public RecoveredGroup? Claim(GroupId group)
    {
        lock (_gate)
        {
            return _groups.Remove(group, out var recovered) ? recovered : null;
        }
    }

    /// <summary>Takes back a group that was given out too early.</summary>
    public void Return(RecoveredGroup group)
    {
        lock (_gate)
        {
            _groups.Add(group.Group, group);
        }
    }

    /// <summary>
    /// Removes what is left of channels that are no more, because a silo ended before it could. <paramref name="metadata"/> is what the store
    /// recovered: a later start knows no less.
    /// </summary>
    public void RemoveDeleted(MetadataStateMachine metadata)
    {
        lock (_gate)
        {
            foreach (var group in _groups.Keys.Where(metadata.IsDeleted).ToList())
            {
                _groups.Remove(group);
                store.OpenLog(group).Delete();
                store.Append(new JournalWrite { Group = group, GroupDeleted = true });
            }
        }
    }

    public void CaptureInto(Checkpoint checkpoint, GroupId group)
    {
        lock (_gate)
        {
            if (!_groups.TryGetValue(group, out var recovered))
            {
                // Its replica was let go a moment ago; the store does not complete a checkpoint that lacks anything else.
                return;
            }

            var again = new JournalWrite { Group = group };
            again.Entries.AddRange(recovered.Entries);
            if (again.Entries.Count > 0)
            {
                store.Append(again);
            }

            checkpoint.Add(new GroupCheckpoint
            {
                Group = group,
                HardState = recovered.HardState,
                AppliedIndex = recovered.AppliedIndex,
                AppliedTerm = recovered.AppliedTerm,
                State = recovered.State,
                Fault = recovered.Fault,
            });
        }
    }
}
