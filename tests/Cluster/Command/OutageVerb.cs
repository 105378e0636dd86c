using System.CommandLine;
using Bayou.ClusterTests.Failover;
using Bayou.ClusterTests.Hosting;
using Bayou.TestKit;

namespace Bayou.ClusterTests.Command;

/// <summary>Measures when every one of many channels takes publishes again after a node was killed.</summary>
internal static class OutageVerb
{
    public const string Name = "outage";

    public static System.CommandLine.Command Create()
    {
        var channels = new Option<int>("--channels") { Description = "How many channels", DefaultValueFactory = static _ => 10_000 };
        var rounds = new Option<int>("--rounds") { Description = "How often a node is killed, each in turn", DefaultValueFactory = static _ => 3 };
        var rest = new Option<int>("--rest") { Description = "Seconds without any publish before each round", DefaultValueFactory = static _ => 15 };
        var command = new System.CommandLine.Command(Name, "Measure when each of many channels takes publishes again after a node was killed");
        foreach (Option option in (Option[])[channels, rounds, rest]) command.Options.Add(option);
        command.SetAction((parse, cancellation) =>
            MeasureAsync(parse.GetValue(channels), parse.GetValue(rounds), TimeSpan.FromSeconds(parse.GetValue(rest)), cancellation));
        return command;
    }

    private static async Task<int> MeasureAsync(int count, int rounds, TimeSpan rest, CancellationToken cancellation)
    {
        using var directory = new TemporaryDirectory();
        await using ServerCluster cluster = await ServerCluster.StartAsync(directory.Path, "store_limits { max_channels: 0 }");
        string[] channels = await ThreeNodes.OpenChannelsAsync(cluster, count);
        Console.WriteLine($"{"ms",-28} {"channels",9} {"median",7} {"p99",7} {"worst",7}");
        for (int i = 0; i < rounds; i++)
        {
            ClusterNode victim = cluster.Nodes[i % cluster.Nodes.Count];
            await Task.Delay(rest, cancellation);
            Print("nothing happens", await Outage.MeasureAsync(cluster, channels, victim, static _ => Task.CompletedTask));
            await Task.Delay(rest, cancellation);
            Print($"SIGKILL of {victim.Name}", await Outage.MeasureAsync(cluster, channels, victim, static node => node.KillAsync()));
            await cluster.RestoreAsync();
        }

        return 0;
    }

    private static void Print(string what, Outage outage)
    {
        Print($"{what}, led by it", outage.Led);
        Print("led elsewhere", outage.Others);
        if (outage.Refused > 0) Console.WriteLine($"{outage.Refused} refused, and made again");
    }

    private static void Print(string which, IReadOnlyList<TimeSpan> sorted) =>
        Console.WriteLine(sorted.Count == 0 ? $"{which,-28} {0,9}" : $"{which,-28} {sorted.Count,9} {At(sorted, 0.5),7:F0} {At(sorted, 0.99),7:F0} {At(sorted, 1),7:F0}");

    private static double At(IReadOnlyList<TimeSpan> sorted, double share) => sorted[(int)Math.Ceiling(share * sorted.Count) - 1].TotalMilliseconds;
}
