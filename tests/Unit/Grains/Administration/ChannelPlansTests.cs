using Bayou.Grains.Administration;
using Bayou.Grains.Interfaces;
using Bayou.Grains.Interfaces.Administration;
using Bayou.Grains.Interfaces.Messages;
using Xunit;

namespace Bayou.Unit.Grains.Administration;

/// <summary>What is decided and said before and after an action on a channel.</summary>
public sealed class ChannelPlansTests
{
    private static readonly DurableKey OfClient = new("work", "ann", QueueGroup: null);
    private static readonly DurableKey OfGroup = new("work", ClientId: null, "workers");

    [Theory]
    [InlineData(1, 10, null, null, 11)]
    [InlineData(1, 10, 4ul, null, 4)]
    [InlineData(1, 10, 0ul, null, 1)]
    [InlineData(5, 10, 3ul, null, 5)]
    [InlineData(1, 10, ulong.MaxValue, null, 11)]
    [InlineData(1, 10, null, 3ul, 8)]
    [InlineData(1, 10, null, 0ul, 11)]
    [InlineData(1, 10, null, 10ul, 1)]
    [InlineData(1, 10, null, ulong.MaxValue, 1)]
    [InlineData(8, 10, null, 5ul, 8)]
    [InlineData(1, 0, null, null, 1)]
    [InlineData(11, 10, null, 4ul, 11)]
    public void Purge_LeavesWhatIsToStay(ulong first, ulong last, ulong? before, ulong? keep, ulong firstToStay) =>
        Assert.Equal(firstToStay, PurgePlan.FirstToStay(first, last, before, keep));

    [Fact]
    public void NameThatIsNotThere_BringsThoseThatBeginLikeItWhateverTheirCase() =>
        Assert.Equal(["orders.new", "orders.old", "orange", "invoices"], SimilarNames.To("Orders.n", ["invoices", "orange", "orders.new", "orders.old"]));

    [Fact]
    public void OfManyNames_TheNearestTenAreSaid()
    {
        var names = SimilarNames.To("orders.77", Enumerable.Range(0, 1000).Select(static i => $"orders.{i}"));
        Assert.Equal(10, names.Count);
        Assert.Equal("orders.77", names[0]);
        Assert.All(names, static name => Assert.StartsWith("orders.7", name, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("orders", true)]
    [InlineData("orders.*.new", true)]
    [InlineData("orders.>", true)]
    [InlineData(">", true)]
    [InlineData("", false)]
    [InlineData("orders..new", false)]
    [InlineData("ord*", false)]
    [InlineData("orders.>.new", false)]
    [InlineData("orders.a>", false)]
    public void Pattern_HasWildcardsInThePlaceOfTokens(string pattern, bool isValid) => Assert.Equal(isValid, ChannelPattern.IsValid(pattern));

    [Fact]
    public void ChannelInUse_IsRefusedWithTheClientsAndTheWayOut()
    {
        var answer = ChannelAnswers.Deleted("orders", new ChannelChange { Outcome = ChannelChangeOutcome.InUse, Receivers = ["bob", "ann", "bob"] });
        Assert.Equal(AdminOutcome.Refused, answer.Outcome);
        Assert.Contains("in use by ann, bob.", answer.Message, StringComparison.Ordinal);
        Assert.Equal(["force"], answer.Allowed);
    }

    [Fact]
    public void DeletedChannel_SaysWhatGoesWithIt()
    {
        var answer = ChannelAnswers.Deleted("orders", new ChannelChange { FirstSequence = 3, LastSequence = 7, Durables = [OfClient], Receivers = ["ann"] });
        Assert.Equal("Channel orders goes, with 5 messages and 1 durable.", answer.Message);
        Assert.Equal((5ul, null), (answer.Effect!.Messages, answer.Effect.FirstSeq));
        Assert.Contains("not told", Assert.Single(answer.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void ChannelThatIsGone_IsNoFault() => Assert.Equal(AdminOutcome.Unchanged, ChannelAnswers.Deleted("orders", ChannelChange.None).Outcome);

    [Fact]
    public void DurableThatCouldBeOneOfMany_IsAskedFor()
    {
        var change = new ChannelChange { Outcome = ChannelChangeOutcome.Ambiguous, Durables = [OfClient, OfGroup] };
        var answer = ChannelAnswers.DurableDeleted("orders", new DurableKey("work", null, null), change);
        Assert.Equal(AdminOutcome.Refused, answer.Outcome);
        Assert.Equal(["client_id ann", "queue_group workers"], answer.Allowed);
    }

    [Fact]
    public void DurableThatGoes_IsNamedInFull() => Assert.Equal(
        "Durable work of queue group workers goes from channel orders, with its position.",
        ChannelAnswers.DurableDeleted("orders", new DurableKey("work", null, null), new ChannelChange { Durables = [OfGroup] }).Message);
}
