using System.Text;
using Bayou.Simulation.Swarm;

namespace Bayou.Simulation.Run;

/// <summary>What came of a batch of runs, and whether it has seen everything that it is there to see.</summary>
public sealed class BatchReport(IProgramKind kind)
{
    /// <summary>A fault that so many runs wanted and none had is not there by bad luck.</summary>
    private const int RunsToMissFault = 25;

    /// <summary>The same for what programs do.</summary>
    private const int RunsToMissHappening = 300;

    private readonly SortedDictionary<FaultKind, int> _wanted = [];
    private readonly List<RunResult> _failures = [];

    public int RunCount { get; private set; }

    /// <summary>Runs that have shown a fault of the program, in order of their seeds.</summary>
    public IReadOnlyList<RunResult> Failures => [.. _failures.OrderBy(static result => result.Seed)];

    public RunStatistics Statistics { get; } = new();

    public long EventCount { get; private set; }

    public TimeSpan VirtualTime { get; private set; }

    /// <summary>What should have happened by now and never did.</summary>
    public IEnumerable<string> Missing =>
        _wanted.Where(wanted => wanted.Value >= RunsToMissFault && Statistics[wanted.Key] == 0).Select(static wanted => $"{wanted.Key}")
            .Concat(kind.Does.Where(happening => RunCount >= RunsToMissHappening && Statistics[happening] == 0).Select(static happening => $"{happening}"));

    /// <summary>Nothing failed and nothing is missing.</summary>
    public bool IsGood => _failures.Count == 0 && !Missing.Any();

    public void Add(RunResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        RunCount++;
        EventCount += result.Events;
        VirtualTime += result.Time;
        Statistics.Add(result.Statistics);
        foreach (var fault in result.Plan.Faults.Keys)
        {
            _wanted[fault] = _wanted.GetValueOrDefault(fault) + 1;
        }

        if (result.Failure is not null)
        {
            _failures.Add(result);
        }
    }

    /// <summary>A line for each thing that can happen.</summary>
    public string ToTable()
    {
        var table = new StringBuilder();
        table.AppendLine($"{RunCount} runs of {kind.Name}, {EventCount} events, {VirtualTime.TotalHours:F1} virtual hours, {_failures.Count} failed");
        table.AppendLine($"{"happened",-24}{"times",12}");
        foreach (var happening in Enum.GetValues<Happening>().Where(happening => Statistics[happening] > 0 || kind.Does.Contains(happening)))
        {
            table.AppendLine($"{happening,-24}{Statistics[happening],12}");
        }

        table.AppendLine($"{"fault",-24}{"times",12}{"runs",8}");
        foreach (var (fault, runs) in _wanted)
        {
            table.AppendLine($"{fault,-24}{Statistics[fault],12}{runs,8}");
        }

        return table.ToString();
    }
}
