using Bayou.Records;
using Bayou.Simulation.Run;

namespace Bayou.Simulation.Swarm;

/// <summary>What is done to leaders because they are.</summary>
internal sealed partial class Nemesis
{
    private static readonly TimeSpan RollingPatience = TimeSpan.FromSeconds(6);

    /// <summary>The group of rolling isolation, and its leader that is to be cut off when it applies something.</summary>
    private GroupId? _watched;
    private Machine? _awaited;
    private int _reigns;

    private void OnElected(string silo, GroupId group)
    {
        var leader = cluster.Find(silo)!;
        if (Plan.Has(FaultKind.LeaderIsolation))
        {
            StrikeLeader(leader, random.Next(4));
        }

        if (Plan.Has(FaultKind.RollingIsolation) && group != GroupId.Metadata && group == (_watched ??= group))
        {
            Roll(leader);
        }
    }

    /// <summary>What a leader that is cut off has written, nobody else has; when it comes back, others may have led.</summary>
    private void StrikeLeader(Machine leader, int how)
    {
        switch (how)
        {
            case 1:
                Isolate(leader);
                break;
            case 2:
                After(Soon(), () => Isolate(leader));
                break;
        }
    }

    /// <summary>The leader before it is back, and has what it wrote when it was alone.</summary>
    private void Roll(Machine leader)
    {
        cluster.Network.Heal();
        _awaited = null;
        var reign = ++_reigns;
        switch (random.Next(3))
        {
            case 0:
                CutOff(leader, reign);
                break;
            case 1:
                After(Soon(), () => CutOff(leader, reign));
                break;
            default:
                _awaited = leader;
                break;
        }
    }

    /// <summary>Until somebody else is elected, or nobody is for long.</summary>
    private void CutOff(Machine leader, int reign)
    {
        if (_isOver || reign != _reigns)
        {
            return;
        }

        CutFromAll(leader, FaultKind.RollingIsolation);
        cluster.Loop.Schedule(RollingPatience, () =>
        {
            if (reign == _reigns)
            {
                cluster.Network.Heal();
            }
        });
    }

    private void OnFirstApplied(string silo, GroupId group)
    {
        if (_awaited?.Name == silo && group == _watched)
        {
            CutOff(_awaited, _reigns);
            _awaited = null;
        }
    }

    private void Isolate(Machine machine)
    {
        if (!_isOver)
        {
            CutFromAll(machine, FaultKind.LeaderIsolation);
            HealLater(machine.Name);
        }
    }

    private void CutFromAll(Machine machine, FaultKind kind)
    {
        foreach (var other in cluster.Machines.Where(other => other != machine))
        {
            Cut(machine, other, isBothWays: true);
        }

        cluster.Statistics.Count(kind);
        cluster.Trace.Write("nemesis", $"{kind}: {machine.Name}");
    }
}
