using System.Globalization;
using Bayou.Simulation.Run;
using Bayou.Simulation.Swarm;
using Xunit;

namespace Bayou.Simulation.Tests.Hosting;

/// <summary>Channels that end because nobody uses them, on virtual time and disks.</summary>
public sealed class InactivityTests
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(20);

    /// <summary>More than the metadata take to hear of an end.</summary>
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(3);

    private bool _isOver;

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 5)];

    public static TheoryData<int> ManySeeds => [.. Enumerable.Range(1, 60)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void ChannelThatNobodyUses_EndsEverywhereAndBeginsAnew(int seed)
    {
        using var cluster = Start(seed);
        Assert.Equal(1UL, cluster.Publish("one"));
        cluster.Run(Period / 2);
        Assert.Equal(2UL, cluster.Publish("two"));
        cluster.Run(Period - TimeSpan.FromSeconds(1));
        Assert.All(cluster.Machines, machine => Assert.Equal(2, cluster.Read(machine)!.Count));
        cluster.Run(Moment);
        Assert.All(cluster.Machines, machine => Assert.Null(cluster.Read(machine)));
        Assert.Equal(1UL, cluster.Publish("three"));
        cluster.Run(Moment);
        Assert.All(cluster.Machines, machine => Assert.Equal([(1UL, "three")], cluster.Read(machine)!));
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void ChannelWhoseLeaderIsGone_EndsAllTheSame(int seed)
    {
        using var cluster = Start(seed);
        cluster.Publish("one");
        cluster.Run(Period - TimeSpan.FromSeconds(2));
        var lost = cluster.Leader!;
        lost.Kill("test");
        Assert.True(cluster.RunUntil(() => Others().All(machine => cluster.Read(machine) is null), Moment));
        lost.Start();
        Assert.True(cluster.RunUntil(() => lost.IsUp && lost.Program!.IsWhole && cluster.Read(lost) is null, Period));
        Assert.Equal(1UL, cluster.Publish("two"));

        IEnumerable<Machine> Others() => cluster.Machines.Where(machine => machine != lost);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void ClusterThatComesBackLate_GivesItsChannelsAWholePeriod(int seed)
    {
        using var cluster = Start(seed);
        cluster.Publish("one");
        foreach (var machine in cluster.Machines)
        {
            machine.CutPower();
        }

        cluster.Run(2 * Period);
        foreach (var machine in cluster.Machines)
        {
            machine.Start();
        }

        cluster.Run(Period - TimeSpan.FromSeconds(1));
        Assert.Equal(2UL, cluster.Publish("two"));
    }

    /// <summary>
    /// Publishes come about as far apart as the period is long, while machines are killed. A message that was acknowledged may be gone only if,
    /// from then on, the channel can once have been unused for the whole period. The network is slow, so that an end is long under way.
    /// </summary>
    [Theory]
    [MemberData(nameof(ManySeeds))]
    public void PublishThatWasAcknowledged_IsInTheChannelThatLivesOn(int seed)
    {
        using var cluster = new QuietCluster(seed, Ending, TimeSpan.FromMilliseconds(15));
        var random = new Random(seed);
        var published = new List<(string Text, TimeSpan Sent, TimeSpan Acknowledged)>();
        var ended = 0;
        for (var i = 1; i <= 30; i++)
        {
            Disturb(cluster, random);
            cluster.Run(random.Next(3) == 0 ? Period * random.NextDouble() : Period + TimeSpan.FromMilliseconds(random.Next(0, 150)));
            var (text, sent) = (i.ToString(CultureInfo.InvariantCulture), cluster.Loop.Now);
            ended += cluster.Publish(text) == 1 && i > 1 ? 1 : 0;
            published.Add((text, sent, cluster.Loop.Now));
        }

        Assert.InRange(ended, 1, 28);
        _isOver = true;
        Revive(cluster);
        Assert.True(cluster.RunUntil(() => cluster.Machines.All(machine => machine.Program is { IsWhole: true }), Period / 2));
        cluster.Run(TimeSpan.FromSeconds(2));
        var messages = cluster.Read(cluster.Leader!)!;
        Assert.Equal(Enumerable.Range(1, messages.Count).Select(static number => (ulong)number), messages.Select(static message => message.Sequence));
        Assert.Equal(published.TakeLast(messages.Count).Select(static one => one.Text), messages.Select(static message => message.Text));
        Assert.InRange(messages.Count, MustBeThere(published, cluster.Loop.Now), published.Count);
        Assert.All(cluster.Machines, machine => Assert.Equal(messages, cluster.Read(machine)));
    }

    private static QuietCluster Start(int seed) => new(seed, Ending);

    private static WorkloadPlan Ending(WorkloadPlan workload) => workload with { MaxInactivity = Period };

    /// <summary>Half of the time a machine dies at some moment around the end of the period, and comes back seconds later.</summary>
    private void Disturb(QuietCluster cluster, Random random)
    {
        if (random.Next(2) == 0)
        {
            var machine = cluster.Machines[random.Next(cluster.Machines.Count)];
            var at = random.Next(2) == 0 ? Period * random.NextDouble() : Period + TimeSpan.FromMilliseconds(random.Next(-200, 400));
            cluster.Loop.Schedule(at, () => Kill(machine));
            cluster.Loop.Schedule(at + TimeSpan.FromMilliseconds(random.Next(100, 4000)), machine.Start);
        }
    }

    private void Kill(Machine machine)
    {
        if (!_isOver)
        {
            machine.Kill("test");
        }
    }

    private static void Revive(QuietCluster cluster)
    {
        foreach (var machine in cluster.Machines)
        {
            machine.Start();
        }
    }

    /// <summary>The last messages between which, and since which, there was no time for an end.</summary>
    private static int MustBeThere(List<(string Text, TimeSpan Sent, TimeSpan Acknowledged)> published, TimeSpan now)
    {
        var count = 0;
        for (var i = published.Count - 1; i >= 0 && now - published[i].Sent < Period; i--)
        {
            count++;
            now = published[i].Acknowledged;
        }

        return count;
    }
}
