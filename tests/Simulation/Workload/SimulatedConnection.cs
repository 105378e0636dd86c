using Bayou.Simulation.Engine;
using Bayou.Simulation.Run;

namespace Bayou.Simulation.Workload;

/// <summary>One client: publishes now and then, to any channel, as long as not too much of it is unanswered.</summary>
internal sealed class SimulatedConnection(SimulatedGateway gateway, int number, RunServices services, Random random)
{
    private int _outstanding;
    private bool _isStopped;

    /// <summary>Number of the connection in the history.</summary>
    public int Number => number;

    public void Start() => ScheduleNext();

    public void Stop() => _isStopped = true;

    /// <summary>A publish was answered, or given up.</summary>
    public void OnAnswered() => _outstanding--;

    private void ScheduleNext() =>
        services.Loop.Schedule(random.Exponential(services.Plan.Workload.PublishInterval), Publish);

    private void Publish()
    {
        if (_isStopped)
        {
            return;
        }

        var channel = random.Next(services.Plan.Channels.Count);
        for (var i = random.Next(services.Plan.Workload.Burst); i >= 0 && _outstanding < services.Plan.Workload.Outstanding; i--)
        {
            _outstanding++;
            gateway.Publish(this, channel);
        }

        gateway.Flush(channel);
        ScheduleNext();
    }
}
