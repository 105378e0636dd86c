using Bayou.Checker;
using Bayou.Records;
using Bayou.Simulation.Disk;
using Bayou.Storage;

namespace Bayou.Simulation.Run;

/// <summary>
/// Looks into the disks at the instant of an answer: what was acknowledged must be on the medium of a majority of the group's voters, as a
/// store finds it that opens what would be left after a power cut of everything. That costs a recovery of each, so only some answers
/// are looked into.
/// </summary>
internal sealed class DurabilityProbe(SimulatedCluster cluster, History history, Random random)
{
    /// <summary>One answer in so many is looked into.</summary>
    private const int Interval = 40;

    public void OnAnswered(string channel, ulong sequence, byte[] payload)
    {
        // A membership that is in between two is rare, and so always of interest.
        var isDrawn = random.Next(Interval) == 0;
        if (NewestView(channel) is not { Voters.Count: > 0 } view || IsTrimmed(channel, sequence) || !(isDrawn || view.OutgoingVoters.Count > 0))
        {
            return;
        }

        cluster.Statistics.Count(Happening.DurabilityProbed);

        // In between two memberships both must have it, or the old one alone, if it was on its way when the change was applied.
        var holders = view.Voters.Union(view.OutgoingVoters).Where(voter => cluster.Find(voter) is { } machine && HoldsOrDid(machine.Disk, view.Group, sequence, payload)).ToHashSet();
        var voters = view.OutgoingVoters.Count > 0 ? view.OutgoingVoters : view.Voters;
        if (!IsMajority(holders, voters))
        {
            history.Add(
                Anomaly.NotDurable,
                cluster.Plan.Channels.ToList().IndexOf(channel),
                $"{sequence} was acknowledged at {cluster.Loop.Now} and is on the disks of [{string.Join(' ', holders)}] of [{string.Join(' ', voters)}]");
        }
    }

    /// <summary>As who is furthest sees it: who passed an answer on may have heard of a change of members last.</summary>
    private ReplicaView? NewestView(string channel) =>
        cluster.Machines.Select(machine => machine.Program?.ViewOf(channel)).OfType<ReplicaView>().MaxBy(static view => view.AppliedIndex);

    /// <summary>
    /// What retention took is nowhere to be found: at once, or before a repeated batch was answered. Whoever answers may hear of it last.
    /// </summary>
    private bool IsTrimmed(string channel, ulong sequence) =>
        cluster.Machines.Any(machine => machine.Program?.ViewOf(channel) is { } view && sequence < view.FirstSequence);

    private static bool IsMajority(HashSet<string> holders, IReadOnlyList<string> voters) => voters.Count(holders.Contains) > voters.Count / 2;

    /// <summary>What was there and is damaged since counts: the others can mend it.</summary>
    private bool HoldsOrDid(VirtualDisk disk, GroupId group, ulong sequence, byte[] payload) =>
        !cluster.Atlas.IsSound(disk) || Holds(disk, group, sequence, payload);

    private bool Holds(VirtualDisk disk, GroupId group, ulong sequence, byte[] payload)
    {
        using var store = cluster.OpenCopy(disk);
        return Holds(store, group, sequence, payload);
    }

    private static bool Holds(SiloStore store, GroupId group, ulong sequence, byte[] payload)
    {
        foreach (var recovered in store.Groups.Where(recovered => recovered.Group == group))
        {
            foreach (var entry in recovered.Entries)
            {
                if (entry.Data.Span.IndexOf(payload) >= 0)
                {
                    return true;
                }
            }
        }

        using var reader = store.OpenLog(group).OpenReader();
        reader.Seek(sequence);
        return reader.TryRead(out var batch) && batch.Bytes.Span.IndexOf(payload) >= 0;
    }
}
