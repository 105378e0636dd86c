using Bayou.Load;
using Bayou.Load.Logs;
using Xunit;

namespace Bayou.Unit.Load;

public sealed class AckLedgerTests
{
    [Fact]
    public void AcksThatOvertakeEachOther_AreCounted()
    {
        var ledger = new AckLedger(window: 4);

        foreach (long number in new long[] { 1, 0, 3, 2, 5, 4 })
            ledger.Accept(number, published: 6);

        Assert.Equal(6, ledger.Count);
    }

    [Fact]
    public void SecondAck_Throws()
    {
        var ledger = new AckLedger(window: 4);
        ledger.Accept(0, published: 3);
        ledger.Accept(2, published: 3);

        Assert.Throws<LoadException>(() => ledger.Accept(0, published: 3));
        Assert.Throws<LoadException>(() => ledger.Accept(2, published: 3));
    }

    [Fact]
    public void AckOfAPublishThatWasNotMade_Throws() =>
        Assert.Throws<LoadException>(() => new AckLedger(window: 4).Accept(1, published: 1));

    [Fact]
    public void MissingAckWhileTheOthersGoOn_Throws()
    {
        var ledger = new AckLedger(window: 4);
        for (long number = 1; number < 8; number++)
            ledger.Accept(number, published: 100);

        Assert.Throws<LoadException>(() => ledger.Accept(8, published: 100));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(255)]
    [InlineData((1L << 48) - 1)]
    public void HexNumber_SurvivesTheWire(long number)
    {
        byte[] digits = new byte[HexNumber.Width];
        HexNumber.Write(digits, number);

        Assert.Equal(number, HexNumber.Read(digits));
    }
}
