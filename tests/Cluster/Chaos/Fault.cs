namespace Bayou.ClusterTests.Chaos;

/// <summary>Something that goes wrong for a while.</summary>
/// <param name="Name">What it is called on the command line.</param>
/// <param name="NeedsDisks">It happens to disks, which have to be ones that can be mistreated.</param>
/// <param name="BeginAsync">Lets it begin, and returns what ends it. Some faults are over at once, and their end is the recovery.</param>
internal sealed record Fault(string Name, bool NeedsDisks, Func<ChaosCluster, Random, Task<Func<Task>>> BeginAsync);
