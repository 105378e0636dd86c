using System.Diagnostics;
using System.Globalization;
using Bayou.Simulation.Command;
using Bayou.Simulation.Run;
using Xunit;

namespace Bayou.Mutants.Tests;

/// <summary>
/// A simulation that finds nothing proves something only if it would have found it: each fault that is built in must be noticed. The seed
/// in the table of docs/TESTING.md is tried first. A change of the program shifts its runs, and with them which seed shows what; then the
/// seeds from 1 on are tried, as many as BAYOU_MUTANT_SEEDS says. Which fault is on is one switch for the whole process: nothing else here
/// runs a simulation.
/// </summary>
public sealed class MutantTests(ITestOutputHelper output)
{
    private static readonly IReadOnlyList<MutantTable.Row> Table = MutantTable.Read(File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "TESTING.md")));

    public static TheoryData<string> Names => [.. Mutation.All.Select(static mutant => mutant.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Mutant_IsNoticed(string name)
    {
        var mutants = new WovenMutants();
        var mutant = mutants.All.Single(mutant => mutant.Name == name);
        var hunt = new MutantHunt(mutants, Environment.ProcessorCount);
        var seed = Table.FirstOrDefault(row => row.Mutant == name)?.Seed;
        Assert.SkipWhen(seed == 0, "No seed is known that shows it: the full search has yet to find one.");
        var kill = seed is { } known ? hunt.Try(mutant, known) : null;
        if (kill is null)
        {
            output.WriteLine("The seed of docs/TESTING.md shows it no more.");
            kill = hunt.Find(mutant, Seeds);
        }

        Assert.True(kill is not null, $"{name} lives through {Seeds} seeds.");
        output.WriteLine($"Noticed by seed {kill.Seed}: {kill.NoticedBy}");
    }

    [Fact]
    public void Table_NamesTheMutantsThatThereAre() =>
        Assert.Equal(Mutation.All.Select(static mutant => (mutant.Name, mutant.Title)).Order(), Table.Select(static row => (row.Mutant, row.Title)).Order());

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

    private static int Seeds =>
        int.TryParse(Environment.GetEnvironmentVariable("BAYOU_MUTANT_SEEDS"), CultureInfo.InvariantCulture, out var number) ? number : MutantHunt.DefaultSeeds;

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
