using Bayou.Grains.Replication.Peers;
using Xunit;

namespace Bayou.Unit.Grains.Replication;

public sealed class PeerLivenessTests
{
    private static readonly SiloNumber One = new(1);
    private static readonly SiloNumber Two = new(2);

    private readonly PeerLiveness _liveness = new(TimeSpan.FromTicks(500));

    [Fact]
    public void SiloNeverHeardOf_IsNeitherAliveNorDead()
    {
        Assert.False(_liveness.IsAlive(One));
        Assert.False(_liveness.IsDead(One));
        Assert.Empty(_liveness.Suspect(1_000_000));
    }

    [Fact]
    public void SilenceBeyondTheLimit_IsReportedOnce()
    {
        _liveness.OnHeard(One, epoch: 1, now: 100);
        Assert.Empty(_liveness.Suspect(600));
        Assert.Equal([One], _liveness.Suspect(601));
        Assert.True(_liveness.IsDead(One));
        Assert.Empty(_liveness.Suspect(10_000));
    }

    [Fact]
    public void SiloHeardAgain_IsAliveAndMayBeSuspectedAgain()
    {
        _liveness.OnHeard(One, 1, 100);
        _liveness.Suspect(601);
        Assert.False(_liveness.OnHeard(One, 1, 700));
        Assert.True(_liveness.IsAlive(One));
        Assert.Equal([One], _liveness.Suspect(1201));
    }

    [Fact]
    public void HigherEpoch_IsARestartHoweverFast()
    {
        Assert.False(_liveness.OnHeard(One, 3, 100));
        Assert.True(_liveness.OnHeard(One, 4, 101));
        Assert.False(_liveness.OnHeard(One, 4, 102));
    }

    [Fact]
    public void FrameOfAnEarlierStart_IsStaleAndProvesNothing()
    {
        _liveness.OnHeard(One, 4, 100);
        Assert.True(_liveness.IsStale(One, 3));
        Assert.False(_liveness.IsStale(One, 4));
        _liveness.OnHeard(One, 3, 599);
        Assert.Equal([One], _liveness.Suspect(601));
    }

    [Fact]
    public void BrokenLink_KillsAtOnceAndOnce()
    {
        _liveness.OnHeard(One, 1, 100);
        Assert.True(_liveness.OnLinkDown(One));
        Assert.False(_liveness.OnLinkDown(One));
        Assert.False(_liveness.OnLinkDown(Two));
    }

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(-60, -60, 60)]
    [InlineData(0, 3600, 0)]
    [InlineData(2, 4, -2)]
    public void OwnClock_IsComparedWithTheMedianOfThree(int first, int second, int ahead)
    {
        Hear(One, first);
        Hear(Two, second);
        Assert.Equal(TimeSpan.FromSeconds(ahead), _liveness.OwnClockAhead());
    }

    [Fact]
    public void OfTwoClocksEitherMayBeRight_SoTheDifferenceCounts()
    {
        Hear(One, 3600);
        Assert.Equal(TimeSpan.FromSeconds(-3600), _liveness.OwnClockAhead());
    }

    [Fact]
    public void DeadSilo_HasNoSayAboutTheTime()
    {
        Hear(One, 3600);
        _liveness.OnLinkDown(One);
        Assert.Equal(TimeSpan.Zero, _liveness.OwnClockAhead());
    }

    private void Hear(SiloNumber silo, int secondsAhead)
    {
        _liveness.OnHeard(silo, 1, 100);
        _liveness.OnClock(silo, TimeSpan.FromSeconds(secondsAhead));
    }
}
