using Bayou.Simulation.Run;

namespace Bayou.Simulation.Command;

/// <summary>
/// Looks for a seed that shows a built-in fault: its run fails with the fault, by one of the checks that should notice it, and is clean
/// without. A run with a fault is another run than the one without, and may come upon something else. The switch is one for the whole
/// process: nothing else may run a simulation meanwhile.
/// </summary>
public sealed class MutantHunt(IMutantSwitch mutants, int jobs)
{
    /// <summary>A fault that lives through more shows a weakness of the simulation.</summary>
    public const int DefaultSeeds = 2000;

    private readonly IProgramKind _kind = SimulationCommand.Kinds[0];

    /// <summary>The first seed from 1 on that shows a fault; null if <paramref name="seeds"/> do not.</summary>
    public Kill? Find(Mutant mutant, int seeds)
    {
        for (var first = 1; first <= seeds;)
        {
            if (FirstFailure(mutant, first, seeds - first + 1) is not { } failed)
            {
                return null;
            }

            if (IsShownBy(mutant, failed))
            {
                return new Kill(failed.Seed, failed.Failure!);
            }

            first = failed.Seed + 1;
        }

        return null;
    }

    /// <summary>Whether one seed shows a fault.</summary>
    public Kill? Try(Mutant mutant, int seed) =>
        FirstFailure(mutant, seed, count: 1) is { } failed && IsShownBy(mutant, failed) ? new Kill(seed, failed.Failure!) : null;

    private RunResult? FirstFailure(Mutant mutant, int firstSeed, int count)
    {
        ArgumentNullException.ThrowIfNull(mutant);
        mutants.Activate(mutant);
        try
        {
            var batch = new SimulationBatch(_kind, CommonOptions.DefaultEvents) { StopsAtFailure = true };
            return batch.Execute(firstSeed, count, jobs).Failures is [var first, ..] ? first : null;
        }
        finally
        {
            mutants.Activate(mutant: null);
        }
    }

    private bool IsShownBy(Mutant mutant, RunResult failed) =>
        mutant.NoticedBy.Any(text => failed.Failure!.Message.Contains(text, StringComparison.Ordinal))
        && SimulationRun.Execute(failed.Seed, _kind).Failure is null;

    /// <summary>A seed that shows a fault.</summary>
    /// <param name="Seed">The seed.</param>
    /// <param name="Failure">What the run with the fault said.</param>
    public sealed record Kill(int Seed, Exception Failure)
    {
        /// <summary>The check that noticed, in short: who speaks and what is wrong, without the particulars of the run.</summary>
        public string NoticedBy => FailureSummary.Of(Failure);
    }
}
