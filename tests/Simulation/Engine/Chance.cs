namespace Bayou.Simulation.Engine;

/// <summary>What else a run draws.</summary>
internal static class Chance
{
    /// <summary>A time until something that happens by itself, without memory, after <paramref name="mean"/> on average.</summary>
    public static TimeSpan Exponential(this Random random, TimeSpan mean) => mean * -Math.Log(1 - random.NextDouble());
}
