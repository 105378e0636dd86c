using Bayou.Checker;
using Bayou.Simulation.Engine;
using Bayou.Simulation.Swarm;

namespace Bayou.Simulation.Run;

/// <summary>What clients, nemesis and phases of one run share.</summary>
internal sealed record RunServices(SimulatedCluster Cluster, History History, DurabilityProbe Durability)
{
    public SwarmPlan Plan => Cluster.Plan;

    public EventLoop Loop => Cluster.Loop;

    public Trace Trace => Cluster.Trace;

    public RunStatistics Statistics => Cluster.Statistics;
}
