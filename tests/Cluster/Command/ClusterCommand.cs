using System.CommandLine;

namespace Bayou.ClusterTests.Command;

/// <summary>What this program does beside running its tests.</summary>
internal static class ClusterCommand
{
    /// <summary>Whether a command line is for this command rather than for the test runner.</summary>
    public static bool Handles(IReadOnlyList<string> args) => args is [FailoverVerb.Name or OutageVerb.Name or ChaosVerb.Name or "--help" or "-h", ..];

    /// <summary>Runs a command line; 0 if nothing failed.</summary>
    public static Task<int> InvokeAsync(IReadOnlyList<string> args)
    {
        var root = new RootCommand("Measures and mistreats clusters of real processes.");
        root.Subcommands.Add(FailoverVerb.Create());
        root.Subcommands.Add(OutageVerb.Create());
        root.Subcommands.Add(ChaosVerb.Create());
        return root.Parse(args).InvokeAsync();
    }
}
