using Bayou.Raft;
using Bayou.Raft.Membership;
using Xunit;

namespace Bayou.Unit.Raft;

/// <summary>The traps that the paper and the thesis' author draw, played from the beginning by whole clusters. Figure 7 is in ReplicationTests.</summary>
public sealed class PaperFigureTests
{
    [Fact]
    public void Figure8_EntryOfAnEarlierTermOnAMajority_MayStillBeReplaced()
    {
        var cluster = PlayFigure8UpToC();
        Assert.Equal([2ul, 2, 2, 2], cluster.All.Take(4).Select(r => r.Node.Log.TermOrZero(2)));
        Assert.All(cluster.All, r => Assert.Equal(1ul, r.Node.CommitIndex));

        // (d) S1 crashes; S5 wins with the later term of its last entry, and its entry takes the other's place everywhere.
        cluster.Heal();
        cluster.Isolate(1);
        cluster.Loses = static _ => false;
        cluster[5].Restart();
        CampaignUntilElected(cluster, 5);
        cluster.Heal();
        cluster.Tick(5, 2);
        Assert.All(cluster.All, r => Assert.Equal((3ul, 3ul), (r.Node.Log.TermOrZero(2), r.Node.CommitIndex)));
    }

    [Fact]
    public void Figure8_EntryOfTheOwnTermOnAMajority_ProtectsThoseBeforeIt()
    {
        // (e) Before S1 crashes, an entry of its own term reaches a majority.
        var cluster = PlayFigure8UpToC();
        cluster.Loses = static _ => false;
        cluster.Tick(1, 2);
        Assert.Equal(3ul, cluster[1].Node.CommitIndex);
        cluster.Heal();
        cluster.Isolate(1);
        cluster[5].Restart();
        ExpectNeverElected(cluster, 5);

        CampaignUntilElected(cluster, 2);
        cluster.Tick(2, 2);
        Assert.All(cluster.All, r => Assert.Equal(2ul, r.Node.Log.TermOrZero(2)));
    }

    [Fact]
    public void SingleServerChangeBug_BothChangesNeedAMajorityOfTheMembersBeforeThem()
    {
        // S2 leads term 2 and removes S1, which reaches S3. {S2, S3} is a majority of its new members, {S1, S4, S5} is one of S1's, and they
        // do not meet: whoever takes a membership from the log before it is committed loses entries here.
        var cluster = PlayLostAdditionOfS5();
        cluster.Loses = static m => m is { Kind: MessageKind.Append, To: 4 };
        CampaignUntilElected(cluster, 2);
        var removal = cluster[2].Node.ProposeConfChange(ConfChange.Of(ConfChangeKind.Remove, 1));
        cluster.Run();
        Assert.Equal(removal.FirstIndex, cluster[3].Node.LastIndex);
        Assert.True(cluster[2].Node.CommitIndex < removal.FirstIndex);

        // S1 comes back while S2 is away.
        cluster.Loses = static _ => false;
        cluster.Heal();
        cluster.Isolate(2);
        cluster[1].Restart();
        ExpectNeverElected(cluster, 1);

        CampaignUntilElected(cluster, 3);
        cluster.Heal();
        cluster.Tick(3, 2);
        Assert.All(new ulong[] { 2, 3, 4 }, id => Assert.Equal(ConfState.OfVoters(2, 3, 4), cluster[id].Node.ConfState));
    }

    [Fact]
    public void SingleServerChangeBug_LeaderThatHasCommittedShutsTheOtherChangeOut()
    {
        var cluster = PlayLostAdditionOfS5();
        CampaignUntilElected(cluster, 2);
        Assert.True(cluster[2].Node.ProposeConfChange(ConfChange.Of(ConfChangeKind.Remove, 1)).IsAccepted);
        cluster.Run();
        Assert.Equal(ConfState.OfVoters(2, 3, 4), cluster[3].Node.ConfState);

        // S1 still knows the members of before, but its log is behind that of everybody whom it would need.
        cluster.Heal();
        cluster.Isolate(2);
        cluster[1].Restart();
        ExpectNeverElected(cluster, 1);

        CampaignUntilElected(cluster, 3);
        Assert.Equal(ConfState.OfVoters(2, 3, 4), cluster[3].Node.ConfState);
    }

    private static TestCluster PlayFigure8UpToC()
    {
        // Everybody has entry 1 of term 1. (a) S1 leads term 2; its entry 2 reaches S2 alone.
        var cluster = new TestCluster(5, static options => options with { MaxEntriesBytesPerMessage = 0 });
        cluster.Elect(1);
        cluster[1].Restart();
        cluster.Loses = static m => m is { From: 1, Kind: MessageKind.Append, To: not 2 };
        CampaignUntilElected(cluster, 1);

        // (b) S1 crashes; S5 leads term 3 with the votes of S3 and S4, and has another entry 2.
        cluster.Isolate(1);
        cluster.Loses = static m => m is { From: 5, Kind: MessageKind.Append };
        CampaignUntilElected(cluster, 5);
        Assert.Equal((3ul, 3ul), (cluster[5].Node.Term, cluster[5].Node.LastTerm));

        // (c) S5 crashes; S1 leads term 4 and brings its entry 2 to S3 and S4, but not yet entry 3 of its own term.
        cluster.Heal();
        cluster.Isolate(5);
        cluster.Loses = m => m is { From: 1, Kind: MessageKind.Append, Index: 2 } && cluster[m.To].Node.Log.TermOrZero(2) == 2;
        cluster[1].Restart();
        CampaignUntilElected(cluster, 1);
        cluster.Tick(1, 2);
        Assert.Equal(4ul, cluster[1].Node.LastTerm);
        return cluster;
    }

    private static TestCluster PlayLostAdditionOfS5()
    {
        // S1 leads term 1 and adds S5, but nobody hears of it.
        var cluster = new TestCluster(4);
        cluster.Elect(1);
        cluster.Add(5, TestReplica.Voters(4));
        cluster.Isolate(1);
        Assert.True(cluster[1].Node.ProposeConfChange(ConfChange.Of(ConfChangeKind.AddVoter, 5)).IsAccepted);
        cluster.Run();
        return cluster;
    }

    private static void ExpectNeverElected(TestCluster cluster, ulong id)
    {
        for (var i = 0; i < 5; i++)
        {
            cluster[id].Node.Campaign();
            cluster.Run();
            Assert.NotEqual(RaftRole.Leader, cluster[id].Node.Role);
        }
    }

    private static void CampaignUntilElected(TestCluster cluster, ulong id)
    {
        for (var i = 0; i < 5 && cluster[id].Node.Role != RaftRole.Leader; i++)
        {
            cluster[id].Node.Campaign();
            cluster.Run();
        }

        Assert.Equal(RaftRole.Leader, cluster[id].Node.Role);
    }
}
