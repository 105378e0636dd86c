using Bayou.Grains.Replication.Peers;

namespace Bayou.Grains.Replication.Balance;

/// <summary>
/// What the other silos say that they lead. One that has not said for a while that it may lead is left out: it has just come, or is
/// to lead nothing. Pure: time is an argument, in ticks of 100 ns from any fixed origin. Any thread.
/// </summary>
internal sealed class LeaderLoads(TimeSpan probation)
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<SiloNumber, Load> _loads = [];

    /// <summary>A silo said what it leads, and whether it may.</summary>
    public void OnHeartbeat(SiloNumber silo, int led, bool mayLead, long now)
    {
        lock (_gate)
        {
            if (!mayLead)
            {
                _loads.Remove(silo);
            }
            else
            {
                _loads[silo] = new Load(led, _loads.TryGetValue(silo, out var known) ? known.Since : now);
            }
        }
    }

    /// <summary>A silo is taken for dead, or was started anew: what it said does not count any more.</summary>
    public void Forget(SiloNumber silo)
    {
        lock (_gate)
        {
            _loads.Remove(silo);
        }
    }

    /// <summary>What each silo leads that may be given groups.</summary>
    public Dictionary<SiloNumber, int> Current(long now)
    {
        lock (_gate)
        {
            return _loads.Where(pair => now - pair.Value.Since >= probation.Ticks).ToDictionary(pair => pair.Key, pair => pair.Value.Led);
        }
    }

    private readonly record struct Load(int Led, long Since);
}
