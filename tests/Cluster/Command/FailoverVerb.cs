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
        var logs = new Option<DirectoryInfo?>("--logs") { Description = "Directory for the servers' logs" };
        var command = new System.CommandLine.Command(Name, "Measure the time from the end of a leader to the next acknowledged publish");
        command.Options.Add(rounds);
        command.Options.Add(logs);
        command.SetAction((parse, _) => MeasureAsync(parse.GetValue(rounds), parse.GetValue(logs)));
        return command;
    }

    private static async Task<int> MeasureAsync(int rounds, DirectoryInfo? logs)
    {
        using var directory = new TemporaryDirectory();
        await using ServerCluster cluster = await ServerCluster.StartAsync(directory.Path);
        try
        {
            string[] channels = await ThreeNodes.OpenChannelsAsync(cluster, Channels);
            await MeasureAsync("SIGKILL", rounds, cluster, channels, static node => node.KillAsync());
            await MeasureAsync("SIGTERM", rounds, cluster, channels, static node => node.StopAsync());
        }
        finally
        {
            if (logs is not null) await SaveAsync(cluster, logs);
        }

        return 0;
    }

    private static async Task MeasureAsync(string signal, int rounds, ServerCluster cluster, string[] channels, Func<ClusterNode, Task> end)
    {
        var measured = new List<FailoverRound>();
        for (int i = 1; i <= rounds; i++)
        {
            measured.Add(await FailoverRound.RunAsync(cluster, channels, end));
            Console.WriteLine($"{DateTime.UtcNow:HH:mm:ss.fff} {signal} {i}: {measured[^1]}");
        }

        Console.WriteLine($"{signal} {"ms",-24} {"median",8} {"worst",8}");
        Print("next ack", [.. measured.Select(static round => round.Takeover)]);
        Print("slowest publish", [.. measured.Select(static round => round.Slowest)]);
        Print("slowest elsewhere", [.. measured.Select(static round => round.SlowestElsewhere)]);
        Console.WriteLine($"{signal} refused: {measured.Sum(static round => round.Refusals.Count)}, elsewhere {measured.Sum(static round => round.RefusalsElsewhere.Count)}");
    }

    private static async Task SaveAsync(ServerCluster cluster, DirectoryInfo logs)
    {
        logs.Create();
        foreach (ClusterNode node in cluster.Nodes) await File.WriteAllTextAsync(Path.Combine(logs.FullName, $"{node.Name}.log"), node.Log);
    }

    private static void Print(string what, TimeSpan[] times)
    {
        Array.Sort(times);
        Console.WriteLine($"{"",8}{what,-24} {times[times.Length / 2].TotalMilliseconds,8:F0} {times[^1].TotalMilliseconds,8:F0}");
    }
}
