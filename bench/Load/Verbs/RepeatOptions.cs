using System.CommandLine;

namespace Bayou.Load.Verbs;

/// <summary>How often to run, and where the figures go.</summary>
public sealed class RepeatOptions
{
    public Option<int> Repeat { get; } = new("--repeat") { Description = "Runs; the medians are reported", DefaultValueFactory = _ => 3 };

    public Option<long?> WarmUp { get; } = new("--warmup") { Description = "Messages of a run before the first, not reported; a tenth of --messages if not given, 0 for none" };

    public Option<string?> Json { get; } = new("--json") { Description = "Write every run and the medians to this file; '-' is standard output" };

    public Option<string?> Label { get; } = new("--label") { Description = "Name of these figures in the report" };

    public Option<bool> Quiet { get; } = new("--quiet", "-q") { Description = "No progress line" };

    public void AddTo(Command command)
    {
        Repeat.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < 1)
                result.AddError("--repeat must be at least 1.");
        });
        foreach (var option in new Option[] { Repeat, WarmUp, Json, Label, Quiet })
            command.Options.Add(option);
    }
}
