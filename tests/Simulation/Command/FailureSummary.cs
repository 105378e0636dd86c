using System.Text.RegularExpressions;
using Bayou.Checker;
using Bayou.Raft;

namespace Bayou.Simulation.Command;

/// <summary>Says in a few words which check a run failed.</summary>
internal static partial class FailureSummary
{
    public static string Of(Exception failure)
    {
        ArgumentNullException.ThrowIfNull(failure);
        var lines = failure.Message.Split('\n');
        var anomalies = Enum.GetNames<Anomaly>().Where(anomaly => Array.Exists(lines, line => line.StartsWith($"{anomaly}: ", StringComparison.Ordinal))).ToArray();
        if (anomalies.Length > 0)
        {
            return $"history: {string.Join(", ", anomalies)}";
        }

        // What the program itself finds wrong ends its process, and the run says so.
        return failure.InnerException is { } own
            ? $"{(own is RaftInvariantException ? "invariant of the core" : "program stops")}: {WithoutParticulars(own.Message)}"
            : $"oracle: {WithoutParticulars(failure.Message)}";
    }

    private static string WithoutParticulars(string message) => Numbers().Replace(message.Split('\n')[0].Trim(), "N").Replace("|", "/", StringComparison.Ordinal);

    [GeneratedRegex(@"\b(n|c|gw)?\d+\b", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Numbers();
}
