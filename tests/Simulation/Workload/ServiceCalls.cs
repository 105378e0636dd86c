using Bayou.Simulation.Run;

namespace Bayou.Simulation.Workload;

/// <summary>Brings the requests of a subscriber, or an operator, to whoever leads the channel, again and again until one is served.</summary>
internal sealed class ServiceCalls(string name, RunServices services, Random random)
{
    private static readonly TimeSpan TryTime = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestBackOff = TimeSpan.FromMilliseconds(200);

    private int _target = random.Next(services.Plan.Silos.Count);

    /// <summary>The silo that the last request went to.</summary>
    public string Target => services.Plan.Silos[_target];

    /// <summary>Whoever sends something leads.</summary>
    public void Follow(string silo) => _target = IndexOf(silo);

    /// <summary>Calls <paramref name="served"/> once with the first good answer.</summary>
    public void Ask(string what, Func<IChannelService, Task<ServiceReply>> ask, Action<ServiceReply> served, int tries = int.MaxValue)
    {
        var (sent, isServed) = (0, false);
        Try();

        void Try()
        {
            var (number, machine) = (++sent, services.Cluster.Machines[_target]);
            services.Trace.Write(name, $"asks {machine.Name} to {what}");
            services.Loop.Schedule(Delay(), () => machine.Serve(ask, reply => services.Loop.Schedule(Delay(), () => OnReply(number, reply))));
            services.Loop.Schedule(TryTime, () => OnReply(number, ServiceReply.Elsewhere(null)));
        }

        void OnReply(int number, ServiceReply reply)
        {
            if (isServed)
            {
                return;
            }

            if (reply.IsServed)
            {
                isServed = true;
                served(reply);
            }
            else if (number == sent && sent < tries)
            {
                sent++;
                _target = reply.Leader is { } leader ? IndexOf(leader) : (_target + 1) % services.Plan.Silos.Count;
                services.Loop.Schedule(LongestBackOff * random.NextDouble(), Try);
            }
        }
    }

    private int IndexOf(string silo) => services.Plan.Silos.ToList().IndexOf(silo);

    private TimeSpan Delay()
    {
        var conditions = services.Cluster.Network.Conditions;
        return conditions.MinDelay + (conditions.MeanExtraDelay * -Math.Log(1 - random.NextDouble()));
    }
}
