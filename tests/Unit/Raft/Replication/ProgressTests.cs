using Bayou.Raft;
using Bayou.Raft.Replication;
using CsCheck;
using Xunit;

namespace Bayou.Unit.Raft.Replication;

public sealed class ProgressTests
{
    [Fact]
    public void MatchIsAlwaysBeforeNext_WhateverHappens() =>
        Gen.Select(Gen.Int[0, 9], Gen.ULong[0, 30], Gen.ULong[0, 30]).Array[1, 24].SampleMany(static events =>
        {
            var progress = New();
            foreach (var (kind, one, other) in events)
            {
                var match = progress.MatchIndex;
                Act(progress, kind, one, other);
                Assert.True(progress.MatchIndex < progress.NextIndex);
                Assert.True(progress.MatchIndex >= match || kind == 7, "What matches is forgotten only when the replica has lost it.");
                Assert.True(progress.State == ProgressState.Snapshot == (progress.PendingSnapshot != 0));
                Assert.True(progress.InflightCount == 0 || progress.State == ProgressState.Replicate);
            }
        });

    [Fact]
    public void RejectedProbe_GoesBackToTheHint()
    {
        var progress = New();
        progress.Reset(nextIndex: 10, matchIndex: 0);
        Assert.True(progress.TryRetreat(rejected: 9, matchHint: 4));
        Assert.Equal(5ul, progress.NextIndex);
    }

    [Fact]
    public void RejectionOfAnotherProbe_IsOutOfDate()
    {
        var progress = New();
        progress.Reset(nextIndex: 10, matchIndex: 0);
        Assert.False(progress.TryRetreat(rejected: 7, matchHint: 4));
        Assert.Equal(10ul, progress.NextIndex);
    }

    [Fact]
    public void RejectionOfWhatMatches_IsOutOfDate()
    {
        var progress = New();
        progress.TryAdvance(5);
        progress.BecomeReplicate();
        Assert.False(progress.TryRetreat(rejected: 5, matchHint: 1));
        Assert.True(progress.TryRetreat(rejected: 6, matchHint: 1));
        Assert.Equal(6ul, progress.NextIndex);
    }

    [Fact]
    public void AfterASnapshot_ProbingGoesOnBehindIt()
    {
        var progress = New();
        progress.BecomeSnapshot(20);
        Assert.True(progress.IsPaused);
        progress.BecomeProbe();
        Assert.Equal((21ul, false), (progress.NextIndex, progress.IsPaused));
    }

    [Fact]
    public void AfterAnAbandonedSnapshot_ProbingGoesOnWhereItWas()
    {
        var progress = New();
        progress.TryAdvance(3);
        progress.BecomeSnapshot(20);
        progress.AbandonSnapshot();
        progress.BecomeProbe();
        Assert.Equal(4ul, progress.NextIndex);
    }

    [Fact]
    public void AppendToAReplicaThatWaitsForASnapshot_IsAFault()
    {
        var progress = New();
        progress.BecomeSnapshot(20);
        Assert.Throws<RaftInvariantException>(() => progress.OnSent(1, 1, 1));
    }

    [Fact]
    public void LearnerThatBecomesAVoter_KeepsWhatIsKnownOfIt()
    {
        var learner = new Progress(1, 1, 4, 0, isLearner: true);
        learner.TryAdvance(9);
        var voter = learner.As(isLearner: false);
        Assert.Equal((9ul, 10ul, false), (voter.MatchIndex, voter.NextIndex, voter.IsLearner));
        Assert.Same(voter, voter.As(isLearner: false));
    }

    private static Progress New() => new(1, 1, 4, 0, isLearner: false);

    private static void Act(Progress progress, int kind, ulong one, ulong other)
    {
        switch (kind)
        {
            case 0:
                progress.TryAdvance(one);
                break;
            case 1:
                progress.TryRetreat(one, other);
                break;
            case 2:
                progress.BecomeProbe();
                break;
            case 3:
                progress.BecomeReplicate();
                break;
            case 4:
                progress.BecomeSnapshot(progress.MatchIndex + one + 1);
                break;
            case 5 when !progress.IsPaused:
                progress.OnSent(progress.IsWindowFull ? 0 : (int)one, one, other);
                break;
            case 6:
                progress.ResumeFlow();
                break;
            case 7:
                progress.StartOver(one + 1);
                break;
            case 8:
                progress.Resume(progress.MatchIndex + one);
                break;
            default:
                progress.FreeInflightUpTo(one);
                break;
        }
    }
}
