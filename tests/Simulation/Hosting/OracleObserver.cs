using Bayou.Grains.Channels.Log;
using Bayou.Grains.Replication;
using Bayou.Grains.Replication.Peers;
using Bayou.Raft;
using Bayou.Records;
using Bayou.Simulation.Run;

namespace Bayou.Simulation.Hosting;

/// <summary>Tells a run's oracle what a host's replicas do.</summary>
internal sealed class OracleObserver(string silo, RunOracle oracle, Action onJoined) : IReplicationObserver
{
    public void OnElected(GroupId group, ulong term, ulong lastIndex) => oracle.OnElected(silo, group, term, lastIndex);

    public void OnAppended(GroupId group, ReadOnlySpan<Entry> entries)
    {
        foreach (ref readonly var entry in entries)
        {
            oracle.OnAppended(silo, group, entry.Index, entry.Term, entry.Data.Span);
        }
    }

    public void OnLeading(GroupId group, ulong term) => oracle.OnLeading(silo, group, term);

    public void OnApplied(GroupId group, in Entry entry)
    {
        oracle.OnApplied(silo, group, entry.Index, entry.Term, entry.Data.Span);
        if (TrimIn(group, entry) is { } trim)
        {
            oracle.OnTrimmed(group, trim.FirstSequence);
        }
    }

    public void OnMembershipChanged(GroupId group, ConfState members) => oracle.OnMembership(silo, group, members.VotersOutgoing.Count > 0);

    public void OnSnapshotInstalled(GroupId group, ulong index, ulong term)
    {
        oracle.OnPositioned(silo, group, index);
        oracle.On(Happening.SnapshotInstalled);
    }

    public void OnHibernated(GroupId group) => oracle.On(Happening.GroupSlept);

    public void OnWoken(GroupId group) => oracle.On(Happening.GroupWoke);

    public void OnDiverged(GroupId group, ulong index) =>
        throw new SimulationFailureException($"{silo} finds that its replica of group {group} differs from its leader's at {index}.");

    public void OnDamaged(GroupId group, string what) => oracle.Note(silo, group, $"damaged: {what}");

    public void OnMended(GroupId group)
    {
        oracle.Note(silo, group, "mended");
        oracle.On(Happening.DamageMended);
    }

    public void OnLost(GroupId group, ulong lastHeldIndex, ulong lastKnownIndex) => oracle.OnLost(silo, group, lastHeldIndex, lastKnownIndex);

    public void OnRenewed(GroupId group, ReplicaId replica) => oracle.OnBegun(silo, group);

    public void OnJoined(Guid cluster, SiloNumber number)
    {
        oracle.Note(silo, GroupId.Metadata, $"this is silo {number} of cluster {cluster}");
        onJoined();
    }

    public void OnDeduplicated(GroupId group) => oracle.On(Happening.BatchRecognised);

    private static Trim? TrimIn(GroupId group, in Entry entry)
    {
        var data = entry.Data.Span;
        var isCommand = group != GroupId.Metadata && !entry.IsConfChange && !data.IsEmpty && data[0] != RecordBatch.KindByte && !LogDigest.IsMark(data);
        return isCommand ? ChannelCommand.Parser.ParseFrom(data).Trim : null;
    }
}
