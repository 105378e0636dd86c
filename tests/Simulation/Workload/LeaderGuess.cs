using Bayou.Simulation.Run;

namespace Bayou.Simulation.Workload;

/// <summary>Whom to send to: somebody at first, then who is said to lead, and where nobody knows, one after the other.</summary>
internal sealed class LeaderGuess(RunServices services, Random random)
{
    private int _index = random.Next(services.Plan.Silos.Count);

    public Machine Machine => services.Cluster.Machines[_index];

    public void Follow(string? leader)
    {
        var hinted = leader is null ? -1 : services.Plan.Silos.ToList().IndexOf(leader);
        _index = hinted >= 0 ? hinted : (_index + 1) % services.Plan.Silos.Count;
    }
}
