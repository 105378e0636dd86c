using Bayou.Simulation.Swarm;

namespace Bayou.Simulation.Run;

/// <summary>What came of a run.</summary>
/// <param name="Seed">Repeats it.</param>
/// <param name="Plan">What the seed drew.</param>
/// <param name="Hash">Over everything that happened.</param>
/// <param name="Events">How many things happened.</param>
/// <param name="Time">Virtual time that passed.</param>
/// <param name="Statistics">How often each thing happened.</param>
/// <param name="Failure">What was wrong; null if nothing was.</param>
public sealed record RunResult(int Seed, SwarmPlan Plan, ulong Hash, long Events, TimeSpan Time, RunStatistics Statistics, Exception? Failure);
