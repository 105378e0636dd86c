namespace Bayou.Simulation.Engine;

/// <summary>Brings the continuations of a process's tasks into the event queue, so that their order is part of the run.</summary>
public sealed class SimulationContext(VirtualProcess process) : SynchronizationContext
{
    public override void Post(SendOrPostCallback d, object? state) => process.Schedule(TimeSpan.Zero, () => d(state));

    public override void Send(SendOrPostCallback d, object? state) => throw new NotSupportedException("Nothing in a simulation waits for another thread.");

    public override SynchronizationContext CreateCopy() => this;
}
