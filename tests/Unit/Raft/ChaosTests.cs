using Xunit;

namespace Bayou.Unit.Raft;

/// <summary>
/// Random runs of whole clusters, with lost, repeated and reordered messages, cuts, crashes that lose unwritten work, disks that lose written
/// work, sleep, membership changes, compaction and reads. Set BAYOU_RAFT_SEEDS to run more of them; a failure names its seed.
/// </summary>
public sealed class ChaosTests
{
    private const int DefaultSeedCount = 150;
    private const int RoughSteps = 4000;
    private const int CalmSteps = 1_000_000;

    /// <summary>Within so many seeds a fault that was put in must show.</summary>
    private const int SeedsToFindAFault = 400;

    private static readonly int SeedCount =
        int.TryParse(Environment.GetEnvironmentVariable("BAYOU_RAFT_SEEDS"), out var count) ? count : DefaultSeedCount;

    private static readonly int FirstSeed =
        int.TryParse(Environment.GetEnvironmentVariable("BAYOU_RAFT_FIRST_SEED"), out var first) ? first : 1;

    [Fact]
    public void AnySchedule_KeepsTheSafetyPropertiesAndRecovers()
    {
        var (leaders, reads, sleeps) = (0, 0, 0);
        foreach (var cluster in Run(static schedule => schedule, isCalmedDown: true))
        {
            leaders += cluster.Oracle.LeaderCount;
            reads += cluster.Oracle.ReadCount;
            sleeps += cluster.SleepCount;
        }

        Assert.True(leaders >= SeedCount && ((reads > 0 && sleeps > 0) || SeedCount < DefaultSeedCount), "The runs did hardly anything.");
    }

    [Fact]
    public void DisksThatLoseWhatTheyHeld_LoseNothingCommittedAndAreRepaired()
    {
        var rots = Run(static schedule => WithRot(schedule, amnesia: 0.5), isCalmedDown: true).Sum(static cluster => cluster.RotCount);
        Assert.True(rots > SeedCount, "Hardly any disk lost anything.");
    }

    [Fact]
    public void DisksThatLoseEntriesWhileMembersChange_LoseNothingCommitted()
    {
        var rots = Run(static schedule => WithRot(schedule, amnesia: 0) with { MembershipChange = 0.02, CheckQuorum = true }, isCalmedDown: false)
            .Sum(static cluster => cluster.RotCount);
        Assert.True(rots > SeedCount, "Hardly any disk lost anything.");
    }

    [Fact]
    public void WithoutTheFloor_CommittedEntriesAreLost() =>
        Assert.Contains(Faults(static schedule => WithRot(schedule, amnesia: 0) with { IsDamageRestricted = false }), static fault =>
            fault.Contains("lacks committed entry", StringComparison.Ordinal));

    [Fact]
    public void WithoutNoVote_ATermHasTwoLeaders() =>
        Assert.Contains(Faults(static schedule => WithRot(schedule, amnesia: 1) with { IsDamageRestricted = false }), static fault =>
            fault.Contains("Two leaders in term", StringComparison.Ordinal));

    private static ChaosSchedule WithRot(ChaosSchedule schedule, double amnesia) => schedule with
    {
        ReplicaCount = schedule.ReplicaCount < 3 ? 3 : 5,
        MembershipChange = 0,
        Crash = 0.02,
        Partition = 0.02,
        Rot = 0.05,
        Amnesia = amnesia,
    };

    private static IEnumerable<ChaosCluster> Run(Func<ChaosSchedule, ChaosSchedule> adjust, bool isCalmedDown)
    {
        for (var seed = FirstSeed; seed < FirstSeed + SeedCount; seed++)
        {
            var cluster = new ChaosCluster(seed, adjust);
            try
            {
                cluster.RunRough(RoughSteps);
                if (isCalmedDown)
                {
                    cluster.RunCalm(CalmSteps);
                }
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"Seed {seed} fails.", e);
            }

            yield return cluster;
        }
    }

    /// <summary>What goes wrong in each of the rough runs that go wrong.</summary>
    private static IEnumerable<string> Faults(Func<ChaosSchedule, ChaosSchedule> adjust)
    {
        for (var seed = 1; seed <= SeedsToFindAFault; seed++)
        {
            if (Record.Exception(() => new ChaosCluster(seed, adjust).RunRough(RoughSteps)) is { } fault)
            {
                yield return fault.Message;
            }
        }
    }
}
