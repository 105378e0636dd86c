using Bayou.Grains.Interfaces.Messages;
using Xunit;

namespace Bayou.Unit.Gateway.Streaming;

/// <summary>
/// What the gateway allocates on the streaming path once everything is warm: nothing that grows with the number of messages but the
/// record batch, whose array goes to the store for good. What a batch, a delivery or a call costs is bounded whatever it holds.
/// </summary>
public sealed class StreamingAllocationTests
{
    private const int PayloadBytes = 128;
    private const int MessageCount = 100_000;
    private const int Rounds = 8;

    /// <summary>The array of a batch is up to an eighth larger than the batch.</summary>
    private const double ArraySlack = 1.125;

    /// <summary>A call with its answer, and an array of at least 512 bytes for a batch of a single small record.</summary>
    private const int BytesPerBatch = 640;

    /// <summary>A call with the ranges of one ack inbox.</summary>
    private const int BytesPerAckCall = 96;

    [Theory]
    [InlineData(1)]
    [InlineData(20)]
    [InlineData(250)]
    public void PublishWithItsPubAck_AllocatesItsRecordAlone(int messagesPerRead)
    {
        using var side = new StreamingSide(PayloadBytes);
        side.Publish(messagesPerRead);
        double recordBytes = side.BatchBytesTaken * ArraySlack;

        double allocated = Measure(messagesPerRead, () => side.Publish(messagesPerRead));
        Assert.InRange(allocated, recordBytes, recordBytes + BytesPerBatch);
        Assert.Equal(messagesPerRead * ((Rounds * (MessageCount / messagesPerRead)) + 1), side.ReceivedCount);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(20)]
    [InlineData(250)]
    public void Delivery_AllocatesNothing(int messagesPerDelivery)
    {
        using var side = new StreamingSide(PayloadBytes);
        Delivery delivery = StreamingSide.NewDelivery(messagesPerDelivery, PayloadBytes);

        Assert.Equal(0, Measure(messagesPerDelivery, () => side.Deliver(delivery)));
        Assert.Equal(Rounds * MessageCount, side.ReceivedCount);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(20)]
    [InlineData(250)]
    public void Acks_AllocateOneCallForAllThatCameTogether(int acksPerRead)
    {
        using var side = new StreamingSide(PayloadBytes);

        Assert.InRange(Measure(acksPerRead, () => side.Acknowledge(acksPerRead)), 0, BytesPerAckCall);
        Assert.Equal(Rounds * (MessageCount / acksPerRead), side.AckRangeCount);
    }

    /// <summary>
    /// Bytes that this thread allocates for one turn, once everything is warm: the least of some rounds, as the runtime now and then allocates
    /// something for itself.
    /// </summary>
    private static double Measure(int messagesPerTurn, Action turn)
    {
        int turns = MessageCount / messagesPerTurn;
        double least = double.MaxValue;
        for (int round = 0; round < Rounds; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < turns; i++) turn();
            least = Math.Min(least, (GC.GetAllocatedBytesForCurrentThread() - before) / (double)turns);
        }

        return least;
    }
}
