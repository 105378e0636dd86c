using System.Diagnostics;
using Bayou.Simulation.Command;
using Bayou.Simulation.Run;
using Xunit;

namespace Bayou.Simulation.Tests.Run;

/// <summary>A seed is worth something only if it repeats its run: twice in one process, and in another one with other hash codes, threads and timing.</summary>
public sealed class DeterminismTests
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 8)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void SameSeed_IsTheSameRunAgain(int seed)
    {
        using var text = new StringWriter();
        var once = SimulationRun.Execute(seed, SimulationCommand.Kinds[0]);
        var again = SimulationRun.Execute(seed, SimulationCommand.Kinds[0], output: text);
        Assert.Equal((once.Hash, once.Events, once.Time), (again.Hash, again.Events, again.Time));
        Assert.NotEmpty(text.ToString());
    }

    [Fact]
    public void OtherSeeds_AreOtherRuns() =>
        Assert.Equal(8, Seeds.Select(static row => SimulationRun.Execute(row.Data, SimulationCommand.Kinds[0], events: 500).Hash).Distinct().Count());

    [Fact]
    public async Task SameSeed_IsTheSameRunInAnotherProcess()
    {
        var here = SimulationRun.Execute(11, SimulationCommand.Kinds[0]);
        var lines = await Task.WhenAll(LastLineAsync(11), LastLineAsync(11));
        Assert.All(lines, line => Assert.EndsWith($"hash {here.Hash:x16}", line, StringComparison.Ordinal));
    }

    private static async Task<string> LastLineAsync(int seed)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "Bayou.Simulation");
        var start = new ProcessStartInfo(program, ["replay", "--seed", $"{seed}"]) { RedirectStandardOutput = true, UseShellExecute = false };
        using var process = Process.Start(start)!;
        var text = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return text.TrimEnd().Split('\n')[^1];
    }
}
