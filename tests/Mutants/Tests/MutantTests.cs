using System.Diagnostics;
using System.Globalization;
using Bayou.Simulation.Command;
using Bayou.Simulation.Run;
using Xunit;

namespace Bayou.Mutants.Tests;

/// <summary>
/// A simulation that finds nothing proves something only if it would have found it: each fault that is built in must be noticed by some
/// of the first seeds. BAYOU_MUTANT_SEEDS says how many. Which fault is on is one switch for the whole process: nothing else here runs a simulation.
/// </summary>
public sealed class MutantTests(ITestOutputHelper output)
{
    private const int DefaultSeeds = 2000;

    public static TheoryData<string> Names => [.. Mutation.All.Select(static mutant => mutant.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Mutant_IsNoticed(string name)
    {
        var seeds = int.TryParse(Environment.GetEnvironmentVariable("BAYOU_MUTANT_SEEDS"), CultureInfo.InvariantCulture, out var number) ? number : DefaultSeeds;
        Assert.True(new WovenMutants().TryActivate(name));
        try
        {
            var batch = new SimulationBatch(SimulationCommand.Kinds[0], CommonOptions.DefaultEvents) { StopsAtFailure = true };
            var report = batch.Execute(firstSeed: 1, seeds, Environment.ProcessorCount);
            Assert.True(report.Failures.Count > 0, $"{name} lives through {seeds} seeds.");
            output.WriteLine($"Noticed after {report.RunCount} seeds, by seed {report.Failures[0].Seed}: {report.Failures[0].Failure!.Message}");
        }
        finally
        {
            Mutation.Active = 0;
        }
    }

    [Fact]
    public void WithoutAMutant_TheProgramIsTheOriginal()
    {
        Assert.Equal(0, Mutation.Active);
        for (var seed = 1; seed <= 5; seed++)
        {
            var result = SimulationRun.Execute(seed, SimulationCommand.Kinds[0]);
            Assert.Null(result.Failure);
            Assert.EndsWith($"hash {result.Hash:x16}", LastLineOfOriginal(seed), StringComparison.Ordinal);
        }
    }

    private static string LastLineOfOriginal(int seed)
    {
        var folder = AppContext.BaseDirectory.Replace(
            $"{Path.DirectorySeparatorChar}Mutants{Path.DirectorySeparatorChar}", $"{Path.DirectorySeparatorChar}Simulation{Path.DirectorySeparatorChar}", StringComparison.Ordinal);
        using var process = Process.Start(new ProcessStartInfo(Path.Combine(folder, "Bayou.Simulation"), ["replay", "--seed", $"{seed}"])
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
        })!;
        var text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return text.TrimEnd().Split('\n')[^1];
    }
}
