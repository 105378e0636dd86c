using Bayou.Load;
using Bayou.Load.Protocol;
using Xunit;

namespace Bayou.Unit.Load;

public sealed class OrderCheckTests
{
    private const int Size = 24;

    [Fact]
    public void EveryMessageOfEveryPublisherInOrder_IsComplete()
    {
        var check = new OrderCheck(publishers: 2, Size);

        check.Accept(Message(0, 0));
        check.Accept(Message(1, 0));
        check.Accept(Message(1, 1, isLast: true));
        Assert.False(check.IsComplete);
        check.Accept(Message(0, 1, isLast: true));

        Assert.True(check.IsComplete);
        Assert.Equal(4, check.Count);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void RepeatedOrMissingMessage_Throws(long second)
    {
        var check = new OrderCheck(publishers: 1, Size);
        check.Accept(Message(0, 0));

        Assert.Throws<LoadException>(() => check.Accept(Message(0, second)));
    }

    [Fact]
    public void UnknownPublisher_Throws() =>
        Assert.Throws<LoadException>(() => new OrderCheck(publishers: 1, Size).Accept(Message(1, 0)));

    [Fact]
    public void ChangedByte_Throws()
    {
        byte[] message = Message(0, 0);
        message[^1] ^= 1;

        Assert.Throws<LoadException>(() => new OrderCheck(publishers: 1, Size).Accept(message));
    }

    [Theory]
    [InlineData(0, 0, false)]
    [InlineData(32767, (1L << 48) - 1, true)]
    public void Stamp_SurvivesTheWire(int publisher, long number, bool isLast)
    {
        var stamp = new Stamp(publisher, number, isLast);
        byte[] payload = Payload.Create(Stamp.Size);
        stamp.Write(payload);

        Assert.Equal(stamp, Stamp.Read(payload));
    }

    private static byte[] Message(int publisher, long number, bool isLast = false)
    {
        byte[] payload = Payload.Create(Size);
        new Stamp(publisher, number, isLast).Write(payload);
        return payload;
    }
}
