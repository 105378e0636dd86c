using System.Globalization;
using Bayou.Simulation.Command;
using Bayou.Simulation.Run;
using Xunit;

namespace Bayou.Simulation.Tests.Run;

/// <summary>
/// Runs with faults, as many as a test suite has time for. BAYOU_SIM_SEEDS and BAYOU_SIM_FIRST_SEED choose others; for more than some
/// thousands the command line is the better way.
/// </summary>
public sealed class SimulationTests(ITestOutputHelper output)
{
    private const int DefaultSeeds = 1000;

    [Fact]
    public void EverySeed_IsClean()
    {
        var kind = SimulationCommand.Kinds[0];
        var startedAt = TimeProvider.System.GetTimestamp();
        var report = new SimulationBatch(kind, CommonOptions.DefaultEvents).Execute(
            Number("BAYOU_SIM_FIRST_SEED", 1), Number("BAYOU_SIM_SEEDS", DefaultSeeds), Environment.ProcessorCount);
        var seconds = TimeProvider.System.GetElapsedTime(startedAt).TotalSeconds;
        output.WriteLine($"{report.ToTable()}{report.RunCount / seconds:F1} seeds a second");
        Assert.Empty(report.Failures.Select(static result =>
            $"{result.Failure!.Message}\ndotnet run --project tests/Simulation -c Release -- replay --seed {result.Seed} --trace"));
        Assert.Empty(report.Missing);
    }

    private static int Number(string variable, int fallback) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out var number) ? number : fallback;
}
