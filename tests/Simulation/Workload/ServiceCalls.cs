using Bayou.Simulation.Engine;
using Bayou.Simulation.Run;

namespace Bayou.Simulation.Workload;

/// <summary>Brings the requests of a subscriber, or an operator, to whoever leads the channel, again and again until one is served.</summary>
internal sealed class ServiceCalls(string name, RunServices services, Random random)
{
    private static readonly TimeSpan TryTime = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestBackOff = TimeSpan.FromMilliseconds(200);

    private readonly LeaderGuess _target = new(services, random);

    /// <summary>Whoever sends something leads.</summary>
    public void Follow(string silo) => _target.Follow(silo);

    /// <summary>Calls <paramref name="served"/> once with the first good answer; after so many <paramref name="tries"/> nobody is asked any more.</summary>
    public void Ask(string what, Func<IChannelService, Task<ServiceReply>> ask, Action<ServiceReply> served, int tries = int.MaxValue)
    {
        // The try that is under way; 0 for none.
        var (sent, underWay, isServed) = (0, 0, false);
        Try();

        void Try()
        {
            var (number, machine) = (underWay = ++sent, _target.Machine);
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
            else if (number == underWay && sent < tries)
            {
                underWay = 0;
                _target.Follow(reply.Leader);
                services.Loop.Schedule(LongestBackOff * random.NextDouble(), Try);
            }
        }
    }

    private TimeSpan Delay()
    {
        var conditions = services.Cluster.Network.Conditions;
        return conditions.MinDelay + random.Exponential(conditions.MeanExtraDelay);
    }
}
