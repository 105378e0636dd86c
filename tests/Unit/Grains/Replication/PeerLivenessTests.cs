using Bayou.Grains.Replication.Peers;
using Bayou.Storage;
using Xunit;

namespace Bayou.Unit.Grains.Replication;

public sealed class PeerLivenessTests
{
    private static readonly SiloNumber One = new(1);
    private static readonly SiloNumber Two = new(2);
    private static readonly SiloNumber Own = new(3);
    private static readonly SiloStart OwnStart = new(9, 0);

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
        Hear(One, Start(1), 100);
        Assert.Empty(_liveness.Suspect(600));
        Assert.Equal([One], _liveness.Suspect(601));
        Assert.True(_liveness.IsDead(One));
        Assert.Empty(_liveness.Suspect(10_000));
    }

    [Fact]
    public void SiloHeardAgain_IsAliveAndMayBeSuspectedAgain()
    {
        Hear(One, Start(1), 100);
        _liveness.Suspect(601);
        Assert.Equal(HeardStart.Same, Hear(One, Start(1), 700));
        Assert.True(_liveness.IsAlive(One));
        Assert.Equal([One], _liveness.Suspect(1201));
    }

    [Fact]
    public void HigherEpoch_IsARestartHoweverFast()
    {
        Assert.Equal(HeardStart.First, Hear(One, Start(3), 100));
        Assert.Equal(HeardStart.Newer, Hear(One, Start(4), 101, follows: Start(3)));
        Assert.Equal(HeardStart.Same, Hear(One, Start(4), 102));
    }

    [Fact]
    public void FrameOfAnEarlierStart_IsStaleAndProvesNothing()
    {
        Hear(One, Start(4), 100);
        Assert.True(_liveness.IsStale(One, Start(3), SiloStart.None));
        Assert.False(_liveness.IsStale(One, Start(4), SiloStart.None));
        Assert.Equal(HeardStart.Same, Hear(One, Start(3), 599));
        Assert.Equal([One], _liveness.Suspect(601));
    }

    [Fact]
    public void OfTwoStartsWithOneEpoch_TheOneHeardFirstStays()
    {
        Hear(One, Start(4, nonce: 9), 100);
        Assert.True(_liveness.IsStale(One, Start(4, nonce: 1), SiloStart.None));
        Assert.True(_liveness.IsStale(One, Start(4, nonce: 10), SiloStart.None));
        Assert.False(_liveness.IsStale(One, Start(4, nonce: 9), SiloStart.None));
    }

    [Fact]
    public void NewerStart_CountsOnceItFollowsTheOneThatIsKnown()
    {
        Hear(One, Start(4, nonce: 9), 100);
        Assert.True(_liveness.IsStale(One, Start(6), SiloStart.None));
        Assert.True(_liveness.IsStale(One, Start(6), follows: Start(4, nonce: 8)));
        Assert.True(_liveness.IsStale(One, Start(6), follows: Start(5)));
        Assert.True(_liveness.IsStale(One, Start(3), follows: Start(4, nonce: 9)));
        Assert.False(_liveness.IsStale(One, Start(6), follows: Start(4, nonce: 9)));
        Assert.Equal(HeardStart.Same, Hear(One, Start(6), 101));
        Assert.Equal(HeardStart.Newer, Hear(One, Start(6), 102, follows: Start(4, nonce: 9)));
    }

    [Fact]
    public void WhatASiloKnowsOfThisOne_IsSaidBackToIt()
    {
        Assert.Equal((SiloStart.None, SiloStart.None), _liveness.StartsFor(One));
        _liveness.OnTold(One, Start(8));
        Hear(One, Start(3), 100);
        Assert.Equal((Start(3), Start(8)), _liveness.StartsFor(One));

        // It was started anew, and knows less.
        _liveness.OnTold(One, Start(7));
        Assert.Equal((Start(3), Start(7)), _liveness.StartsFor(One));
    }

    [Fact]
    public void WhatTheClusterHasNoted_IsTheFloorForASiloThatWasNeverHeard()
    {
        _liveness.Raise(One, Start(7));
        Assert.True(_liveness.IsStale(One, Start(6), SiloStart.None));
        Assert.Equal(HeardStart.Same, Hear(One, Start(6), 100));
        Assert.False(_liveness.IsAlive(One));
        Assert.False(_liveness.IsDead(One));
        Assert.Equal(HeardStart.First, Hear(One, Start(7), 101));
        Assert.True(_liveness.IsAlive(One));
    }

    [Fact]
    public void Floor_OnlyRises()
    {
        Hear(One, Start(7), 100);
        _liveness.Raise(One, Start(6));
        Assert.Equal(Start(7), _liveness.StartOf(One));
        _liveness.Raise(One, Start(8));
        Assert.Equal(Start(8), _liveness.StartOf(One));
        Assert.True(_liveness.IsStale(One, Start(7), SiloStart.None));
        Assert.Equal(HeardStart.Newer, Hear(One, Start(8), 101));
    }

    [Fact]
    public void OfTwoStartsWithOneEpoch_TheNotedOneDecides()
    {
        Hear(One, Start(4, nonce: 1), 100);
        _liveness.Raise(One, Start(4, nonce: 2));
        Assert.True(_liveness.IsStale(One, Start(4, nonce: 1), SiloStart.None));
        Assert.Equal(HeardStart.Newer, Hear(One, Start(4, nonce: 2), 101));
    }

    [Fact]
    public void BrokenLink_KillsAtOnceAndOnce()
    {
        Hear(One, Start(1), 100);
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

    [Fact]
    public void Majority_HasHeard_WhatItEchoes()
    {
        Echo(One, 100);
        Assert.True(HasMajorityHeard(since: 100, now: 449));
        Assert.False(HasMajorityHeard(since: 99, now: 449));
        Assert.False(HasMajorityHeard(since: 100, now: 450));
        Assert.Equal(7, _liveness.EchoFor(One));

        Echo(One, 400);
        Assert.True(HasMajorityHeard(since: 100, now: 749));
    }

    [Fact]
    public void GapBetweenEchoes_LongerThanALease_BeginsAnew()
    {
        Echo(One, 100);
        Echo(One, 451);
        Assert.False(HasMajorityHeard(since: 450, now: 500));
        Assert.True(HasMajorityHeard(since: 451, now: 500));
    }

    [Fact]
    public void SiloThatWasStartedAnew_HasHeardNothing()
    {
        Echo(One, 100);
        Hear(One, Start(2), 1, follows: Start(1));
        Assert.False(HasMajorityHeard(since: 100, now: 101));
        Assert.Equal(0, _liveness.EchoFor(One));
    }

    [Fact]
    public void Echo_ToAnEarlierStart_SaysNothing()
    {
        Echo(One, 100, to: Start(8));
        Assert.False(HasMajorityHeard(since: 100, now: 101));
    }

    [Fact]
    public void MinorityThatHasHeard_IsNotEnough()
    {
        Echo(One, 100);
        Assert.False(HasMajorityHeard(since: 100, now: 101, One, Two, Own, new SiloNumber(4)));
    }

    /// <summary>A silo has the heartbeat of this one that was sent at some time.</summary>
    private void Echo(SiloNumber silo, long time, SiloStart? to = null)
    {
        Hear(silo, Start(1), 0);
        _liveness.OnTold(silo, to ?? OwnStart);
        _liveness.OnHeartbeat(silo, sent: 7, echo: time, OwnStart);
    }

    private bool HasMajorityHeard(long since, long now, params SiloNumber[] silos) =>
        _liveness.HaveMostHeard([.. (silos.Length > 0 ? silos : [One, Two, Own]).Select(static silo => new ReplicaId(silo).Value)], Own, since, now);

    private static SiloStart Start(ulong epoch, ushort nonce = 0) => new(epoch, nonce);

    private HeardStart Hear(SiloNumber silo, SiloStart start, long now, SiloStart follows = default) => _liveness.OnHeard(silo, start, follows, now);

    private void Hear(SiloNumber silo, int secondsAhead)
    {
        _liveness.OnHeard(silo, Start(1), SiloStart.None, 100);
        _liveness.OnClock(silo, TimeSpan.FromSeconds(secondsAhead));
    }
}
