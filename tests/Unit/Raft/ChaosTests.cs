using Xunit;

namespace Bayou.Unit.Raft;

/// <summary>
/// Random runs of whole clusters, with lost, repeated and reordered messages, cuts, crashes that lose unwritten work, membership changes,
/// compaction and reads. Set BAYOU_RAFT_SEEDS to run more of them; a failure names its seed.
/// </summary>
public sealed class ChaosTests
{
    private const int DefaultSeedCount = 150;
    private const int RoughSteps = 4000;
    private const int CalmSteps = 1_000_000;

    private static readonly int SeedCount =
        int.TryParse(Environment.GetEnvironmentVariable("BAYOU_RAFT_SEEDS"), out var count) ? count : DefaultSeedCount;

    private static readonly int FirstSeed =
        int.TryParse(Environment.GetEnvironmentVariable("BAYOU_RAFT_FIRST_SEED"), out var first) ? first : 1;

    [Fact]
    public void AnySchedule_KeepsTheSafetyPropertiesAndRecovers()
    {
        var leaders = 0;
        var reads = 0;
        for (var seed = FirstSeed; seed < FirstSeed + SeedCount; seed++)
        {
            try
            {
                var cluster = new ChaosCluster(seed);
                cluster.RunRough(RoughSteps);
                cluster.RunCalm(CalmSteps);
                leaders += cluster.Oracle.LeaderCount;
                reads += cluster.Oracle.ReadCount;
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"Seed {seed} fails.", e);
            }
        }

        Assert.True(leaders >= SeedCount && (reads > 0 || SeedCount < DefaultSeedCount), "The runs did hardly anything.");
    }
}
