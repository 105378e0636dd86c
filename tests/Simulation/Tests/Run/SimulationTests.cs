using Bayou.Simulation.Command;
using Bayou.Simulation.Run;
using Xunit;

namespace Bayou.Simulation.Tests.Run;

/// <summary>A few runs with faults, so that the suite notices when runs have come to fail at once. The command line is there for many.</summary>
public sealed class SimulationTests(ITestOutputHelper output)
{
    private const int Seeds = 25;

    [Fact]
    public void FirstSeeds_AreClean()
    {
        var report = new SimulationBatch(SimulationCommand.Kinds[0], CommonOptions.DefaultEvents).Execute(firstSeed: 1, Seeds, Environment.ProcessorCount);
        output.WriteLine(report.ToTable());
        Assert.Empty(report.Failures.Select(static result =>
            $"{result.Failure!.Message}\ndotnet run --project tests/Simulation -c Release -- replay --seed {result.Seed} --trace"));
        Assert.Empty(report.Missing);
    }
}
