using System.CommandLine;
using Bayou.ClusterTests.Chaos;

namespace Bayou.ClusterTests.Command;

/// <summary>Mistreats a cluster while clients use it, and checks what they were told.</summary>
internal static class ChaosVerb
{
    public const string Name = "chaos";

    public static System.CommandLine.Command Create()
    {
        var fault = new Option<string[]>("--fault")
        {
            Description = $"What goes wrong, one or several: {string.Join(", ", Faults.All.Select(static known => known.Name))}; all: each of them by chance",
            DefaultValueFactory = static _ => ["sigkill"],
            AllowMultipleArgumentsPerToken = true,
        };
        var seconds = new Option<int>("--seconds") { Description = "How long it goes on", DefaultValueFactory = static _ => 120 };
        var runs = new Option<int>("--runs") { Description = "How many runs, each with a new cluster", DefaultValueFactory = static _ => 3 };
        var seed = new Option<int>("--seed") { Description = "The first run's seed: when and to whom it happens", DefaultValueFactory = static _ => 1 };
        var server = new Option<string>("--target") { Description = "bayou, or jetstream: nats-server with its defaults", DefaultValueFactory = static _ => "bayou" };
        var logs = new Option<string?>("--logs") { Description = "Folder for the logs of runs that went wrong" };
        var command = new System.CommandLine.Command(Name, "Mistreat clusters of three and check that nothing acknowledged is lost");
        foreach (Option option in (Option[])[fault, seconds, runs, seed, server, logs]) command.Options.Add(option);
        command.SetAction((parse, cancellation) => RunAsync(
            parse.GetValue(fault)!,
            TimeSpan.FromSeconds(parse.GetValue(seconds)),
            parse.GetValue(runs),
            parse.GetValue(seed),
            parse.GetValue(server) == "jetstream" ? new JetStreamTarget() : new BayouTarget(),
            parse.GetValue(logs),
            cancellation));
        return command;
    }

    private static async Task<int> RunAsync(string[] names, TimeSpan duration, int runs, int firstSeed, IChaosTarget target, string? logs, CancellationToken cancellation)
    {
        // Clients wait for their sockets on threads.
        ThreadPool.SetMinThreads(64, 64);
        bool isGood = true;
        foreach (string name in names)
        {
            if (Faults.Find(name) is not { } fault)
            {
                Console.Error.WriteLine($"There is no fault {name}.");
                return 2;
            }

            if (ChaosCluster.ReasonWhyNot(fault.NeedsDisks) is { } reason)
            {
                Console.Error.WriteLine($"{reason}; {name} cannot be run here.");
                return 2;
            }

            for (int run = 0; run < runs; run++) isGood &= await RunAsync(target, fault, duration, firstSeed + run, logs, cancellation);
        }

        return isGood ? 0 : 1;
    }

    private static async Task<bool> RunAsync(IChaosTarget target, Fault fault, TimeSpan duration, int seed, string? logs, CancellationToken cancellation)
    {
        try
        {
            ChaosResult result = await new ChaosRun(target, fault, duration, seed) { Note = Console.Error.WriteLine }.ExecuteAsync(cancellation);
            Console.WriteLine(
                $"{target.Name} {fault.Name} seed {seed}: {result.Injections} injections, lost: {(result.HasLost ? "YES" : "no")}, diverged: {(result.HasDiverged ? "YES" : "no")}, "
                + $"writable {result.Recovery.TotalSeconds:F1} s after the faults, slowest start {result.SlowestStart.TotalSeconds:F1} s, deaths: {result.Deaths.Count}; {result.Report}");
            foreach (string death in result.Deaths) Console.WriteLine($"  died by itself: {death}");
            if (!result.Report.IsGood || result.Deaths.Count > 0) Keep(logs, $"{target.Name}-{fault.Name}-{seed}.log", result.Logs);
            return result.Report.IsGood;
        }
        catch (InvalidOperationException e)
        {
            Console.WriteLine($"{target.Name} {fault.Name} seed {seed}: {e.Message.Split('\n')[0]}");
            Keep(logs, $"{target.Name}-{fault.Name}-{seed}.log", e.ToString());
            return false;
        }
    }

    private static void Keep(string? folder, string name, string text)
    {
        if (folder is not null) File.WriteAllText(Path.Combine(Directory.CreateDirectory(folder).FullName, name), text);
    }
}
