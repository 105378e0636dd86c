using System.CommandLine;
using Bayou.ClusterTests.Failover;
using Bayou.ClusterTests.Hosting;
using Bayou.TestKit;

namespace Bayou.ClusterTests.Command;

/// <summary>Measures how long a channel takes no publish when the node that leads it goes away.</summary>
internal static class FailoverVerb
{
    public const string Name = "failover";

    private const int Channels = 6;

    public static System.CommandLine.Command Create()
    {
        var rounds = new Option<int>("--rounds") { Description = "How often the leader goes away, each way", DefaultValueFactory = static _ => 30 };
        var command = new System.CommandLine.Command(Name, "Measure the time from the end of a leader to the next acknowledged publish");
        command.Options.Add(rounds);
        command.SetAction((parse, _) => MeasureAsync(parse.GetValue(rounds)));
        return command;
    }

    private static async Task<int> MeasureAsync(int rounds)
    {
        using var directory = new TemporaryDirectory();
        await using BayouCluster cluster = await BayouCluster.StartAsync(directory.Path);
        string[] channels = await ThreeNodes.OpenChannelsAsync(cluster, Channels);
        await MeasureAsync("SIGKILL", rounds, cluster, channels, static node => node.KillAsync());
        await MeasureAsync("SIGTERM", rounds, cluster, channels, static node => node.StopAsync());
        return 0;
    }

    private static async Task MeasureAsync(string signal, int rounds, BayouCluster cluster, string[] channels, Func<ClusterNode, Task> end)
    {
        var measured = new List<FailoverRound>();
        for (int i = 1; i <= rounds; i++)
        {
            measured.Add(await FailoverRound.RunAsync(cluster, channels, end));
            Console.WriteLine($"{signal} {i}: {measured[^1]}");
        }

        Console.WriteLine($"{signal} {"ms",-24} {"median",8} {"worst",8}");
        Print("next ack", [.. measured.Select(static round => round.Takeover)]);
        Print("slowest publish", [.. measured.Select(static round => round.Slowest)]);
        Print("slowest elsewhere", [.. measured.Select(static round => round.SlowestElsewhere)]);
        Console.WriteLine($"{signal} refused: {measured.Sum(static round => round.Refusals.Count)}, elsewhere {measured.Sum(static round => round.RefusalsElsewhere.Count)}");
    }

    private static void Print(string what, TimeSpan[] times)
    {
        Array.Sort(times);
        Console.WriteLine($"{"",8}{what,-24} {times[times.Length / 2].TotalMilliseconds,8:F0} {times[^1].TotalMilliseconds,8:F0}");
    }
}
