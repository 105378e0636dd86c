using Bayou.Load.Nats;
using Bayou.Load.Reporting;

namespace Bayou.Load.Scenarios;

/// <summary>What a run is aimed at and by what it is watched.</summary>
/// <param name="Server">The server under load.</param>
/// <param name="Processes">The server's processes, when known: their CPU time and write calls are read around the run.</param>
/// <param name="Progress">Told how far the run is.</param>
public sealed record RunContext(ServerUrl Server, ServerProcesses Processes, ProgressLine Progress)
{
    public Crew CreateCrew(TimeSpan patience) => new(Server, patience);

    /// <summary>Starts the clock and reads the counters.</summary>
    public Meter StartMeter() => new(Processes);
}
