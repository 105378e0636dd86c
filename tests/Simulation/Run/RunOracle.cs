using Bayou.Records;
using Bayou.Simulation.Engine;

namespace Bayou.Simulation.Run;

/// <summary>
/// Watches all replicas of a run at every step, for what figure 3 of the Raft paper promises: one leader in a term, which has all that was
/// committed in earlier terms; one entry of an index and a term, whoever has it in its log; and one entry at an index, whoever applies it
/// and whenever. It knows only what the programs tell it.
/// </summary>
public sealed class RunOracle(RunStatistics statistics, Trace trace)
{
    private static readonly TimeSpan WrongLinkAftermath = TimeSpan.FromSeconds(2);

    private readonly Dictionary<(GroupId Group, ulong Term), string> _leaders = [];
    private readonly Dictionary<GroupId, string> _lastLeader = [];
    private readonly Dictionary<(GroupId Group, ulong Index), (ulong Term, uint Hash, string Silo)> _applied = [];
    private readonly Dictionary<(GroupId Group, ulong Index, ulong Term), uint> _appended = [];
    private readonly Dictionary<(string Silo, GroupId Group), ulong> _appliedTo = [];
    private readonly SortedDictionary<string, Func<GroupId, bool>> _leases = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TimeSpan> _takenForGone = [];

    /// <summary>The newest entry that was applied while a term was the latest that anybody had been elected in: it was committed in that term, or before.</summary>
    private readonly Dictionary<GroupId, SortedDictionary<ulong, ulong>> _committedBy = [];
    private readonly Dictionary<GroupId, ulong> _latestTerm = [];

    /// <summary>Leaders that have not applied anything since they were elected.</summary>
    private readonly Dictionary<GroupId, string> _untried = [];
    private readonly Dictionary<GroupId, ulong> _firsts = [];

    /// <summary>Called when much is under way at once in a group, so that a fault would find it in the middle.</summary>
    public Action Moment { get; set; } = static () => { };

    /// <summary>Called with the silo that has just won an election, before anybody has heard of its reign.</summary>
    public Action<string, GroupId> Elected { get; set; } = static (_, _) => { };

    /// <summary>Called with the latest leader of a group when it applies something for the first time since it was elected.</summary>
    public Action<string, GroupId> FirstApplied { get; set; } = static (_, _) => { };

    /// <summary>A replica has won an election; <paramref name="lastIndex"/> is the end of its log.</summary>
    public void OnElected(string silo, GroupId group, ulong term, ulong lastIndex)
    {
        trace.Write(silo, $"is elected in group {group.Value}, term {term}, with entries up to {lastIndex}");
        _latestTerm[group] = Math.Max(term, _latestTerm.GetValueOrDefault(group));
        foreach (var (earlier, index) in _committedBy.GetValueOrDefault(group) ?? [])
        {
            if (earlier < term && index > lastIndex)
            {
                throw new SimulationFailureException(
                    $"Leader completeness: {silo} leads group {group} in term {term} with entries up to {lastIndex}, and {index} was committed by term {earlier}.");
            }
        }

        if (!_leaders.TryAdd((group, term), silo) && _leaders[(group, term)] != silo)
        {
            throw new SimulationFailureException($"Election safety: {_leaders[(group, term)]} and {silo} both lead group {group} in term {term}.");
        }

        statistics.Count(Happening.LeaderElected);
        _untried[group] = silo;
        Elected(silo, group);
        Moment();
    }

    /// <summary>
    /// A silo is taken for gone though its process runs. A real link tells of that only where nothing listens any more: no lease can stand a link
    /// that is wrong.
    /// </summary>
    public void OnTakenForGone(string silo, TimeSpan now) => _takenForGone[silo] = now;

    /// <summary>How to ask the process on a silo whether it is sure to lead a group; null once it has ended.</summary>
    public void SetLease(string silo, Func<GroupId, bool>? holds)
    {
        _leases.Remove(silo);
        if (holds is not null)
        {
            _leases[silo] = holds;
        }
    }

    /// <summary>A replica leads its group, and has applied everything from before.</summary>
    public void OnLeading(string silo, GroupId group, ulong term)
    {
        trace.Write(silo, $"leads group {group.Value} in term {term}");
        if (_lastLeader.TryGetValue(group, out var before) && before != silo)
        {
            statistics.Count(Happening.LeaderChanged);
        }

        _lastLeader[group] = silo;
        CheckLeases(group);
        Moment();
    }

    /// <summary>A membership took effect; <paramref name="isJoint"/>: one that is in between two.</summary>
    public void OnMembership(string silo, GroupId group, bool isJoint)
    {
        trace.Write(silo, $"group {group.Value} has {(isJoint ? "old and new" : "new")} members");
        if (isJoint)
        {
            statistics.Count(Happening.JointMembership);
        }

        Moment();
    }

    /// <summary>A replica has an entry in its durable log.</summary>
    public void OnAppended(string silo, GroupId group, ulong index, ulong term, ReadOnlySpan<byte> data)
    {
        var hash = Checksum.Crc32C(data);
        if (!_appended.TryAdd((group, index, term), hash) && _appended[(group, index, term)] != hash)
        {
            throw new SimulationFailureException($"Log matching: {silo} has another entry {index} of term {term} of group {group} in its log than somebody else.");
        }
    }

    /// <summary>A replica applies an entry.</summary>
    public void OnApplied(string silo, GroupId group, ulong index, ulong term, ReadOnlySpan<byte> data)
    {
        CheckLeases(group);
        var hash = Checksum.Crc32C(data);
        trace.Write(silo, $"applies {index} of term {term} in group {group.Value}");
        if (_appliedTo.TryGetValue((silo, group), out var before) && index != before + 1)
        {
            throw new SimulationFailureException($"{silo} applies entry {index} of group {group} after {before}.");
        }

        _appliedTo[(silo, group)] = index;
        var committed = _committedBy.TryGetValue(group, out var known) ? known : _committedBy[group] = [];
        var latest = _latestTerm.GetValueOrDefault(group);
        committed[latest] = Math.Max(index, committed.GetValueOrDefault(latest));
        if (!_applied.TryAdd((group, index), (term, hash, silo)) && _applied[(group, index)] is var other && (other.Term, other.Hash) != (term, hash))
        {
            throw new SimulationFailureException(
                $"State machine safety: at index {index} of group {group}, {silo} applies an entry of term {term}, and {other.Silo} has applied another one of term {other.Term}.");
        }

        if (_untried.GetValueOrDefault(group) == silo)
        {
            _untried.Remove(group);
            FirstApplied(silo, group);
        }
    }

    /// <summary>An entry that a replica applies drops the messages of a channel below a sequence.</summary>
    public void OnTrimmed(GroupId group, ulong firstSequence) => _firsts[group] = Math.Max(firstSequence, FirstSequenceOf(group));

    /// <summary>The oldest message of a channel that no replica has dropped.</summary>
    public ulong FirstSequenceOf(GroupId group) => _firsts.GetValueOrDefault(group, 1UL);

    /// <summary>A replica stands at an index other than by applying what is before it: after a restart, or by a snapshot.</summary>
    public void OnPositioned(string silo, GroupId group, ulong index)
    {
        trace.Write(silo, $"stands at {index} in group {group.Value}");
        _appliedTo[(silo, group)] = index;
    }

    /// <summary>A process has begun: where its replicas stand is what they say first.</summary>
    public void OnStarted(string silo)
    {
        foreach (var key in _appliedTo.Keys.Where(key => key.Silo == silo).ToArray())
        {
            _appliedTo.Remove(key);
        }
    }

    /// <summary>A replica begins anew.</summary>
    public void OnBegun(string silo, GroupId group)
    {
        trace.Write(silo, $"begins anew in group {group.Value}");
        _appliedTo.Remove((silo, group));
    }

    /// <summary>
    /// A replica says that entries exist nowhere any more which it may have acknowledged. With damage to a minority none of them can
    /// have been committed.
    /// </summary>
    public void OnLost(string silo, GroupId group, ulong lastHeldIndex, ulong lastKnownIndex)
    {
        trace.Write(silo, $"has lost entries after {lastHeldIndex}, up to {lastKnownIndex}, of group {group.Value}");
        if (lastKnownIndex > lastHeldIndex && _applied.TryGetValue((group, lastHeldIndex + 1), out var known))
        {
            throw new SimulationFailureException($"{silo} has lost entries after {lastHeldIndex} of group {group}, and {known.Silo} has applied one.");
        }
    }

    /// <summary>Something worth reading in the trace.</summary>
    public void Note(string silo, GroupId group, string what) => trace.Write(silo, $"group {group.Value}: {what}");

    /// <summary>A silo that had lost its data has everything again.</summary>
    public void OnReadmitted(string silo)
    {
        trace.Write(silo, $"has everything again");
        statistics.Count(Happening.SiloReadmitted);
    }

    /// <summary>Something that the run counts.</summary>
    public void On(Happening happening) => statistics.Count(happening);

    private void CheckLeases(GroupId group)
    {
        var now = trace.Now;
        string? holder = null;
        foreach (var (silo, holds) in _leases)
        {
            if (!holds(group) || now - _takenForGone.GetValueOrDefault(silo, TimeSpan.MinValue / 2) < WrongLinkAftermath)
            {
                continue;
            }

            if (holder is not null)
            {
                throw new SimulationFailureException($"Both {holder} and {silo} are sure to lead group {group.Value}.");
            }

            holder = silo;
        }
    }
}
