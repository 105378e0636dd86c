using Bayou.Grains.Replication.Peers;
using Bayou.Raft;
using Bayou.Raft.Replication;

namespace Bayou.Grains.Replication;

/// <summary>
/// What a leader sees to from time to time, apart from its machine's business: that the group gets the members it should have,
/// that replicas compare what they have applied, and that no follower waits for a snapshot that went astray.
/// </summary>
internal sealed class LeaderDuties(Replica replica, ReplicaServices services, ReplicaPosition position, RaftNode node)
{
    /// <summary>How long a follower may take to ask for the first, or the next, piece of a snapshot.</summary>
    private const int SnapshotPatienceTicks = 20;

    /// <summary>A learner that has all but so many entries will have the rest as soon as anybody else.</summary>
    private const ulong CaughtUpEntries = 64;

    /// <summary>Ticks between two words to the metadata about the same thing.</summary>
    private const int ReportTicks = 10;

    private readonly SortedDictionary<SiloNumber, int> _snapshotTicks = [];
    private int _reportTicks;
    private long _lastMark = services.Now;

    /// <summary>Of a leader that may propose.</summary>
    public void Tick()
    {
        PlanMembership();
        MarkIfDue();
    }

    /// <summary>
    /// Of any leader: one whose first entry cannot be committed may be waiting for the very follower that waits for its snapshot.
    /// </summary>
    public void TickSnapshots()
    {
        foreach (var member in node.Members)
        {
            var silo = new ReplicaId(member.Id).Silo;
            if (member.State != ProgressState.Snapshot)
            {
                _snapshotTicks.Remove(silo);
            }
            else if ((_snapshotTicks[silo] = _snapshotTicks.GetValueOrDefault(silo) + 1) > SnapshotPatienceTicks)
            {
                _snapshotTicks.Remove(silo);
                node.ReportSnapshot(member.Id, isInstalled: false);
            }
        }
    }

    /// <summary>A follower fetches what a snapshot stands for: it has not gone astray.</summary>
    public void OnChunkServed(SiloNumber silo) => _snapshotTicks.Remove(silo);

    private void PlanMembership()
    {
        if (replica.WantedMembers() is not { } wanted)
        {
            return;
        }

        if (MembershipPlan.Successor(node.ConfState, node.Id, wanted.Voters, IsCaughtUp) is { } successor)
        {
            // One that does not take over in time is given up by then; only then is another asked.
            if (node.TransferTarget == 0)
            {
                node.TransferLeadership(successor);
            }
        }
        else if (MembershipPlan.Next(node.ConfState, wanted.Voters, wanted.Learners, IsCaughtUp) is { } change)
        {
            node.ProposeConfChange(change);
        }
        else if (wanted.Leaving.Count > 0 && wanted.AreMet(node.ConfState) && _reportTicks++ % ReportTicks == 0)
        {
            replica.Settled(replica.Group, wanted.Leaving);
        }
    }

    private bool IsCaughtUp(ulong id)
    {
        foreach (var member in node.Members)
        {
            if (member.Id == id)
            {
                return member.IsRecentlyActive && member.MatchIndex + CaughtUpEntries >= node.CommitIndex;
            }
        }

        return false;
    }

    private void MarkIfDue()
    {
        var entries = position.AppliedIndex - position.Digest.MarkIndex;
        var isDue = entries >= (ulong)services.Options.DigestEntries
            || (entries > 1 && services.Now - _lastMark >= services.Options.DigestInterval.Ticks);
        if (isDue && node.TransferTarget == 0)
        {
            _lastMark = services.Now;
            node.Propose(position.Digest.NextMark());
        }
    }
}
