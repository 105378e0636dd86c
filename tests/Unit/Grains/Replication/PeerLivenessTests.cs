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
        _liveness.OnHeard(One, Start(1), now: 100);
        Assert.Empty(_liveness.Suspect(600));
        Assert.Equal([One], _liveness.Suspect(601));
        Assert.True(_liveness.IsDead(One));
        Assert.Empty(_liveness.Suspect(10_000));
    }

    [Fact]
    public void SiloHeardAgain_IsAliveAndMayBeSuspectedAgain()
    {
        _liveness.OnHeard(One, Start(1), 100);
        _liveness.Suspect(601);
        Assert.Equal(HeardStart.Same, _liveness.OnHeard(One, Start(1), 700));
        Assert.True(_liveness.IsAlive(One));
        Assert.Equal([One], _liveness.Suspect(1201));
    }

    [Fact]
    public void HigherEpoch_IsARestartHoweverFast()
    {
        Assert.Equal(HeardStart.First, _liveness.OnHeard(One, Start(3), 100));
        Assert.Equal(HeardStart.Newer, _liveness.OnHeard(One, Start(4), 101));
        Assert.Equal(HeardStart.Same, _liveness.OnHeard(One, Start(4), 102));
    }

    [Fact]
    public void FrameOfAnEarlierStart_IsStaleAndProvesNothing()
    {
        _liveness.OnHeard(One, Start(4), 100);
        Assert.True(_liveness.IsStale(One, Start(3)));
        Assert.False(_liveness.IsStale(One, Start(4)));
        Assert.Equal(HeardStart.Same, _liveness.OnHeard(One, Start(3), 599));
        Assert.Equal([One], _liveness.Suspect(601));
    }

    [Fact]
    public void OfTwoStartsWithOneEpoch_TheOneHeardFirstStays()
    {
        _liveness.OnHeard(One, Start(4, nonce: 9), 100);
        Assert.True(_liveness.IsStale(One, Start(4, nonce: 1)));
        Assert.True(_liveness.IsStale(One, Start(4, nonce: 10)));
        Assert.False(_liveness.IsStale(One, Start(4, nonce: 9)));
        Assert.False(_liveness.IsStale(One, Start(5, nonce: 0)));
    }

    [Fact]
    public void WhatTheClusterHasNoted_IsTheFloorForASiloThatWasNeverHeard()
    {
        _liveness.Raise(One, Start(7));
        Assert.True(_liveness.IsStale(One, Start(6)));
        Assert.Equal(HeardStart.Same, _liveness.OnHeard(One, Start(6), 100));
        Assert.False(_liveness.IsAlive(One));
        Assert.False(_liveness.IsDead(One));
        Assert.Equal(HeardStart.First, _liveness.OnHeard(One, Start(7), 101));
        Assert.True(_liveness.IsAlive(One));
    }

    [Fact]
    public void Floor_OnlyRises()
    {
        _liveness.OnHeard(One, Start(7), 100);
        _liveness.Raise(One, Start(6));
        Assert.Equal(Start(7), _liveness.StartOf(One));
        _liveness.Raise(One, Start(8));
        Assert.Equal(Start(8), _liveness.StartOf(One));
        Assert.True(_liveness.IsStale(One, Start(7)));
        Assert.Equal(HeardStart.Newer, _liveness.OnHeard(One, Start(8), 101));
    }

    [Fact]
    public void OfTwoStartsWithOneEpoch_TheNotedOneDecides()
    {
        _liveness.OnHeard(One, Start(4, nonce: 1), 100);
        _liveness.Raise(One, Start(4, nonce: 2));
        Assert.True(_liveness.IsStale(One, Start(4, nonce: 1)));
        Assert.Equal(HeardStart.Newer, _liveness.OnHeard(One, Start(4, nonce: 2), 101));
    }

    [Fact]
    public void BrokenLink_KillsAtOnceAndOnce()
    {
        _liveness.OnHeard(One, Start(1), 100);
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

    private static SiloStart Start(ulong epoch, ushort nonce = 0) => new(epoch, nonce);

    private void Hear(SiloNumber silo, int secondsAhead)
    {
        _liveness.OnHeard(silo, Start(1), 100);
        _liveness.OnClock(silo, TimeSpan.FromSeconds(secondsAhead));
    }
}
