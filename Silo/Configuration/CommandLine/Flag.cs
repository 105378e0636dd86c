namespace Bayou.Silo.Configuration.CommandLine;

/// <summary>One flag of the command line.</summary>
/// <param name="Names">Its spellings, without dashes; case matters (<c>-sd</c> is not <c>-SD</c>). The last is the long one.</param>
/// <param name="Argument">What its argument is called in the help; null for a switch.</param>
/// <param name="Help">One line for the help.</param>
/// <param name="Settings">The settings it sets, as paths such as <c>streaming:cluster_id</c>.</param>
public sealed record Flag(string[] Names, string? Argument, string Help, params string[] Settings)
{
    /// <summary>Where it stands in the help.</summary>
    public FlagGroup Group { get; init; }

    /// <summary>Takes an argument apart that sets more than one thing; null where the argument is the value of every setting.</summary>
    public Func<string, IEnumerable<(string Setting, string Value)>>? Expand { get; init; }

    /// <summary>Whether it stands alone (<c>-D</c>), with <c>=false</c> to turn it off.</summary>
    public bool IsSwitch => Argument is null;

    /// <summary>The name that stands for all its spellings.</summary>
    public string Name => Names[^1];
}
