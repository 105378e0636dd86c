using Bayou.Grains.Channels;
using Bayou.Grains.Interfaces.Messages;
using Bayou.Grains.Replication;
using Bayou.Records;
using Bayou.Unit.Records;
using Xunit;

namespace Bayou.Unit.Grains.Channels;

public sealed class PublishOrderTests
{
    private const ulong Origin = 7;

    private readonly ChannelStateMachine _machine = new("channel");
    private readonly List<Proposal> _due = [];

    [Fact]
    public void BatchesThatOvertookEachOther_AreProposedInTheOrderInWhichTheyWereSent()
    {
        var order = new PublishOrder(_machine, Origin);
        Take(order, 3, ahead: 2);
        Take(order, 2, ahead: 1);
        Assert.Empty(_due);
        Take(order, 1, ahead: 0);
        Assert.Equal([1, 2, 3], Due());
    }

    [Fact]
    public void BatchWithNothingAhead_WaitsForNobody()
    {
        var order = new PublishOrder(_machine, Origin);
        Take(order, 5, ahead: 0);
        Assert.Equal([5], Due());
    }

    [Fact]
    public void BatchOvertakenByOneWithNothingAhead_WasGivenUpByItsGateway()
    {
        var order = new PublishOrder(_machine, Origin);
        PublishProposal waiting = Take(order, 3, ahead: 2);
        Take(order, 4, ahead: 0);
        Assert.Equal([4], Due());
        Assert.Equal(PublishRetry.No, RetryOf(waiting));
    }

    [Fact]
    public void RepetitionOfABatchUnderWay_SharesItsResult()
    {
        var order = new PublishOrder(_machine, Origin);
        PublishProposal first = Take(order, 1, ahead: 0);
        PublishProposal second = Take(order, 1, ahead: 0, isRepetition: true);
        PublishProposal third = Take(order, 1, ahead: 0, isRepetition: true);
        Assert.Equal([1], Due());
        first.Complete(40ul);
        Assert.All([first, second, third], copy => Assert.Equal(40ul, ResultOf(copy)));
    }

    [Fact]
    public void RepetitionOfABatchThatIsStored_IsAnsweredFromMemory()
    {
        Apply(number: 1, sequence: 1);
        Apply(number: 2, sequence: 2);
        var order = new PublishOrder(_machine, Origin);
        Assert.Equal(2ul, ResultOf(Take(order, 2, ahead: 1, isRepetition: true)));
        Assert.Equal(1ul, ResultOf(Take(order, 1, ahead: 0, isRepetition: true)));
        Assert.Empty(_due);
    }

    [Fact]
    public void NewLeader_GoesOnWhereTheLogEnds()
    {
        Apply(number: 8, sequence: 1);
        var order = new PublishOrder(_machine, Origin);
        Take(order, 10, ahead: 4);
        Take(order, 9, ahead: 3);
        Assert.Equal([9, 10], Due());
    }

    [Fact]
    public void BatchAppliedMeanwhile_IsFoundInTheLog()
    {
        var order = new PublishOrder(_machine, Origin);
        Take(order, 1, ahead: 0);
        Apply(number: 1, sequence: 1);
        order.OnDecided(1);
        Assert.Equal(1ul, ResultOf(Take(order, 1, ahead: 0, isRepetition: true)));
    }

    [Fact]
    public void OldNumberThatWasNeverStored_IsRefused()
    {
        Apply(number: 8, sequence: 1);
        Assert.Equal(PublishRetry.No, RetryOf(Take(new PublishOrder(_machine, Origin), 5, ahead: 0)));
    }

    [Fact]
    public void LeadershipLost_SendsThoseWhoWaitToTheNextLeader()
    {
        var order = new PublishOrder(_machine, Origin);
        PublishProposal waiting = Take(order, 3, ahead: 2);
        PublishProposal copy = Take(order, 3, ahead: 2);
        order.Abandon();
        Assert.Equal(PublishRetry.Elsewhere, RetryOf(waiting));
        Assert.Equal(PublishRetry.Elsewhere, RetryOf(copy));
    }

    [Fact]
    public void MoreWaitingThanAnyGatewayHasUnderWay_IsRefused()
    {
        var order = new PublishOrder(_machine, Origin);
        for (ulong number = 2; number < 66; number++) Take(order, number, ahead: 1);
        Assert.Equal(PublishRetry.No, RetryOf(Take(order, 70, ahead: 1)));
    }

    private static ulong ResultOf(PublishProposal proposal)
    {
        Assert.True(proposal.Applied.IsCompletedSuccessfully);
        PublishResult result = proposal.Applied.Result;
        Assert.Null(result.Error);
        return result.FirstSequence;
    }

    private static PublishRetry RetryOf(PublishProposal proposal)
    {
        Assert.True(proposal.Applied.IsCompletedSuccessfully);
        Assert.NotNull(proposal.Applied.Result.Error);
        return proposal.Applied.Result.Retry;
    }

    private static RecordBatch Batch(ulong number, uint ahead)
    {
        var builder = new RecordBatchBuilder();
        builder.Add([], [], [], [], Sample.Bytes("payload"));
        Assert.Equal(RecordBatchError.None, RecordBatch.TryRead(builder.Build(Origin, number, ahead).ToArray(), out RecordBatch batch));
        return batch;
    }

    private PublishProposal Take(PublishOrder order, ulong number, uint ahead, bool isRepetition = false)
    {
        RecordBatch batch = Batch(number, ahead);
        var proposal = new PublishProposal(null!, null!, batch, batch.Bytes.ToArray());
        Assert.Equal(isRepetition, order.Take(proposal, _due));
        return proposal;
    }

    private ulong[] Due() => [.. _due.Cast<PublishProposal>().Select(proposal => proposal.Header.BatchNumber)];

    private void Apply(ulong number, ulong sequence)
    {
        byte[] bytes = Batch(number, 0).Bytes.ToArray();
        RecordBatchStamp.Apply(bytes, sequence, timestamp: 1, term: 1, accountedBytes: 10);
        Assert.Equal(RecordBatchError.None, RecordBatch.TryRead(bytes, out RecordBatch batch));
        _machine.Apply(batch);
    }
}
