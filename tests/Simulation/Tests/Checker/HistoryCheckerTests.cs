using Bayou.Checker;
using Xunit;

namespace Bayou.Simulation.Tests.Checker;

public sealed class HistoryCheckerTests
{
    [Theory]
    [MemberData(nameof(BadHistories.All), MemberType = typeof(BadHistories))]
    public void BadHistory_IsCalledByItsName(string title, Anomaly expected, string history)
    {
        var report = HistoryText.Check(history);
        Assert.True(report.Anomalies.SequenceEqual([expected]), $"{title}: {report}");
        Assert.All(report.Findings, finding => Assert.NotEmpty(finding.What));
    }

    [Fact]
    public void EveryAnomaly_HasABadHistory() =>
        Assert.Empty(Enum.GetValues<Anomaly>().Except(BadHistories.All.Select(row => row.Data.Item2)).Except([Anomaly.NotDurable]));

    [Theory]
    [InlineData("nothing happened", "")]
    [InlineData("everybody sees the same", "publish a1\nack a1 @1\npublish b1\nack b1 @2\nreplay n1: 1=a1 2=b1\nreplay n2: 1=a1 2=b1")]
    [InlineData("an unanswered publish is stored", "publish a1\nabandon a1\nreplay n1: 1=a1")]
    [InlineData("an unanswered publish is not stored", "publish a1\nabandon a1\npublish a2\nack a2\nreplay n1: 1=a2")]
    [InlineData("a refused publish is not stored", "publish a1\nrefuse a1\nreplay n1:")]
    [InlineData("concurrent publishes in either order", "publish a1\npublish b1\nack a1\nack b1\nreplay n1: 1=b1 2=a1")]
    [InlineData("a client sent it twice", "publish a1\nresend a1\nack a1\nreplay n1: 1=a1 2=a1")]
    [InlineData("a replay that began before the ack shows nothing", "publish a1\nglimpse n1:\nack a1\nreplay n1: 1=a1")]
    [InlineData("a follower's view may stop short", "publish a1\nack a1\npublish a2\nack a2\nglimpse n2: 1=a1\nreplay n1: 1=a1 2=a2")]
    [InlineData("retention", "publish a1\nack a1\npublish a2\nack a2\npublish a3\nack a3\nlimit 2\nreplay n1: 2=a2 3=a3\nreplay n2: 2=a2 3=a3")]
    [InlineData("retention, and a replay that broke off", "publish a1\nack a1\npublish a2\nack a2\npublish a3\nack a3\nlimit 2\nglimpse n1: 2=a2 !\nreplay n1: 2=a2 3=a3")]
    [InlineData("retention by a trim", "publish a1\nack a1 @1\npublish a2\nack a2 @2\ntrim 2\nreplay n1: 2=a2")]
    [InlineData("everything is trimmed that nobody read", "publish a1\nack a1\npublish a2\nack a2\npublish a3\nack a3\ntrim 3\nreplay n1: 3=a3")]
    [InlineData("a trim that is applied once more", "publish a1\nack a1 @1\npublish a2\nack a2 @2\ntrim 2\nglimpse n1: 2=a2\nrestart n1\nglimpse n1: 1=a1 2=a2\nreplay n1: 2=a2")]
    [InlineData("everything has expired", "publish a1\nack a1 @1\npublish a2\nack a2 @2\nlimit 0\nglimpse n1: 2=a2\nreplay n1: 3-")]
    [InlineData("two channels", "publish a1\nack a1\npublish a2 > d\nack a2 > d\nreplay n1: 1=a1\nreplay n1 > d: 1=a2")]
    [InlineData("a subscription", "publish a1\nack a1\npublish a2\nack a2\nsubscribe s1\ndeliver s1 1=a1\nconsume s1 1\ndeliver s1 2=a2\nconsume s1 2\ndrained s1")]
    [InlineData("redelivery", "publish a1\nack a1\nsubscribe s1\ndeliver s1 1=a1\nredeliver s1 1=a1\nconsume s1 1\ndrained s1")]
    [InlineData("a flagged first delivery after a failover", "publish a1\nack a1\npublish a2\nack a2\nsubscribe s1\nredeliver s1 1=a1\ndeliver s1 2=a2\nconsume s1 1\nconsume s1 2\ndrained s1")]
    [InlineData("a queue group", "publish a1\npublish a2\npublish a3\nsubscribe s1 group\ndeliver s1/1 1=a1\ndeliver s1/2 3=a3\ndeliver s1/1 2=a2\nconsume s1 1\nconsume s1 2\nconsume s1 3\ndrained s1")]
    [InlineData("what was sent to a member first arrives last", "publish a1\nsubscribe s1 group\nredeliver s1/2 1=a1\ndeliver s1/1 1=a1\nconsume s1 1\ndrained s1")]
    [InlineData("a queue group takes over", "publish a1\nsubscribe s1 group\ndeliver s1/1 1=a1\nredeliver s1/2 1=a1\nconsume s1 1\ndrained s1")]
    [InlineData("a subscription over what was dropped", "publish a1\npublish a2\npublish a3\nsubscribe s1\ndrop 3\ndeliver s1 3=a3\nconsume s1 3\ndrained s1")]
    [InlineData("a subscription over a trim", "publish a1\npublish a2\npublish a3\nsubscribe s1\ndeliver s1 1=a1\ntrim 3\ndeliver s1 3=a3")]
    [InlineData("replicas come together", "publish a1\ndigest n1 5 9\ndigest n2 5 9\ndigest n1 6 8\nheal 10\naccept 19\nsettle n1 7 30\nsettle n2 7 69")]
    public void GoodHistory_Passes(string title, string history)
    {
        var report = HistoryText.Check(history);
        Assert.True(report.IsGood, $"{title}: {report}");
    }

    [Fact]
    public void WhatOthersFound_IsReported()
    {
        var history = new History();
        var channel = history.Names.AddChannel("orders");
        history.Add(Anomaly.NotDurable, channel, "a1 at 1");
        Assert.Equal([new Finding(Anomaly.NotDurable, "orders", "a1 at 1")], history.Finish().Findings);
    }

    [Fact]
    public void Counts_SayHowMuchWasChecked()
    {
        var report = HistoryText.Check("publish a1\nack a1\npublish a2\nabandon a2\nreplay n1: 1=a1\nglimpse n2: 1=a1");
        Assert.Equal((1, 1, 2), (report.AcknowledgedCount, report.CompleteReplayCount, report.ObservedCount));
    }
}
