using Bayou.Grains.Replication.Peers;
using Bayou.Raft;
using Bayou.Records;

namespace Bayou.Grains.Replication;

/// <summary>
/// Watches what replicas do: for logs, metrics and simulations. Called on the workers, so it must be quick and must not call back.
/// Every method does nothing unless implemented.
/// </summary>
internal interface IReplicationObserver
{
    /// <summary>A replica won an election; <paramref name="lastIndex"/> is the end of its log.</summary>
    void OnElected(GroupId group, ulong term, ulong lastIndex) { }

    /// <summary>Entries of a replica's log are durable.</summary>
    void OnAppended(GroupId group, ReadOnlySpan<Entry> entries) { }

    /// <summary>A replica became leader, and has applied everything that was committed before; or a leader that had slept was woken.</summary>
    void OnLeading(GroupId group, ulong term) { }

    /// <summary>A replica leads no more.</summary>
    void OnFollowing(GroupId group) { }

    /// <summary>An entry was applied.</summary>
    void OnApplied(GroupId group, in Entry entry) { }

    /// <summary>A membership took effect.</summary>
    void OnMembershipChanged(GroupId group, ConfState members) { }

    /// <summary>A leader's snapshot replaced the group's log here.</summary>
    void OnSnapshotInstalled(GroupId group, ulong index, ulong term) { }

    /// <summary>A group went to sleep.</summary>
    void OnHibernated(GroupId group) { }

    /// <summary>A group was woken.</summary>
    void OnWoken(GroupId group) { }

    /// <summary>A replica differs from its leader. It neither votes nor acknowledges from here on.</summary>
    void OnDiverged(GroupId group, ulong index) { }

    /// <summary>A replica's log was found damaged; until it is mended it votes with care, or not at all.</summary>
    void OnDamaged(GroupId group, string what) { }

    /// <summary>A damaged replica has what it lacked, or knows that nobody ever had it.</summary>
    void OnMended(GroupId group) { }

    /// <summary>
    /// Entries that this replica may have acknowledged exist nowhere any more: those after <paramref name="lastHeldIndex"/>, up to
    /// <paramref name="lastKnownIndex"/>, which is <see cref="ulong.MaxValue"/> where the end of its log is unknown. A leader may still
    /// have had them on the way when it died; they are lost only if they were committed.
    /// </summary>
    void OnLost(GroupId group, ulong lastHeldIndex, ulong lastKnownIndex) { }

    /// <summary>A replica begins anew under another id.</summary>
    void OnRenewed(GroupId group, ReplicaId replica) { }

    /// <summary>A silo is taken for dead.</summary>
    void OnSuspected(SiloNumber silo) { }

    /// <summary>A batch was answered from memory of an earlier copy of it.</summary>
    void OnDeduplicated(GroupId group) { }

    /// <summary>This silo belongs to a cluster now.</summary>
    void OnJoined(Guid cluster, SiloNumber number) { }
}
