using Bayou.Grains.Replication.Balance;
using Bayou.Grains.Replication.Peers;
using Bayou.Records;
using CsCheck;
using Xunit;

namespace Bayou.Unit.Grains.Replication.Balance;

public sealed class LeaderBalanceTests
{
    [Fact]
    public void SilosThatLeadTheSameGiveOrTakeOne_KeepWhatTheyHave() =>
        Assert.Empty(Plan(1, Led((1, 4), (2, 3), (3, 4)), Groups(4, 2, 3)));

    [Fact]
    public void SiloThatLeadsTwoMore_GivesOneToTheOneWithTheFewest() =>
        Assert.Equal(new LeaderTransfer(new GroupId(1), new SiloNumber(3)), Assert.Single(Plan(1, Led((1, 4), (2, 3), (3, 2)), Groups(4, 2, 3))));

    [Fact]
    public void OnlySilosThatCouldTakeOver_AreGivenAGroup() =>
        Assert.Empty(Plan(1, Led((1, 4), (2, 3), (3, 0)), Groups(4, 2)));

    [Fact]
    public void SiloThatIsToLeadNothing_IsGivenNothing() =>
        Assert.Empty(Plan(1, Led((1, 4), (2, 3)), Groups(4, 3)));

    [Fact]
    public void NoMoreThanTheLimit_IsGivenAtATime() =>
        Assert.Equal(4, Plan(1, Led((1, 100), (2, 0), (3, 0)), Groups(100, 2, 3)).Count);

    [Fact]
    public void SiloThatIsToLeadNothing_GivesEverythingEvenly()
    {
        var transfers = Plan(1, Led((2, 3), (3, 5)), Groups(4, 2, 3), limit: 50);
        Assert.Equal(4, transfers.Count);
        Assert.Equal(3, transfers.Count(transfer => transfer.Target == new SiloNumber(2)));
    }

    [Fact]
    public void NobodyToGiveTo_NothingIsGiven() => Assert.Empty(Plan(1, Led(), Groups(4, 2, 3)));

    /// <summary>All silos plan at the same time, from figures that are as old as the last round.</summary>
    [Fact]
    public void FromAnyBeginning_SilosComeToLeadTheSameGiveOrTakeOne_AndThenRest() => Gen.Int[0, 30].Array[2, 7].Sample(counts =>
    {
        int rounds = 0;
        for (; Round(counts) > 0; rounds++) Assert.True(rounds < 100, string.Join(' ', counts));
        Assert.InRange(counts.Max() - counts.Min(), 0, 1);
    });

    /// <summary>One round of all silos, each of which holds replicas of all groups; how many groups moved.</summary>
    private static int Round(int[] counts)
    {
        var led = Led([.. counts.Select((count, i) => ((ulong)i + 1, count))]);
        var silos = led.Keys.Select(silo => silo.Value).ToArray();
        var transfers = silos.SelectMany(own => Plan(own, led, Groups(led[new SiloNumber(own)], silos)).Select(transfer => (own, transfer))).ToList();
        foreach (var (own, transfer) in transfers)
        {
            counts[own - 1]--;
            counts[transfer.Target.Value - 1]++;
        }

        return transfers.Count;
    }

    private static IReadOnlyList<LeaderTransfer> Plan(ulong own, Dictionary<SiloNumber, int> led, IEnumerable<LedGroup> groups, int limit = 4) =>
        LeaderBalance.Plan(new SiloNumber(own), led, groups, limit);

    private static Dictionary<SiloNumber, int> Led(params (ulong Silo, int Count)[] led) => led.ToDictionary(pair => new SiloNumber(pair.Silo), pair => pair.Count);

    private static IEnumerable<LedGroup> Groups(int count, params ulong[] successors) =>
        Enumerable.Range(1, count).Select(group => new LedGroup(new GroupId((ulong)group), [.. successors.Select(silo => new SiloNumber(silo))]));
}
