using System.Text.RegularExpressions;
using Bayou.Checker;
using Bayou.Raft;
using Bayou.Raft.Membership;
using Bayou.Simulation.Run;

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

        // What a program finds wrong by itself ends its process, and the run says so around it.
        var cause = failure.GetBaseException();
        var speaker = cause switch
        {
            SimulationFailureException => "oracle",
            RaftInvariantException or MembershipException => "core",
            _ => "program",
        };
        return $"{speaker}: {WithoutParticulars(cause.Message)}";
    }

    private static string WithoutParticulars(string message) => Numbers().Replace(message.Split('\n')[0].Trim(), "N").Replace("|", "/", StringComparison.Ordinal);

    [GeneratedRegex(@"\b(n|c|gw)?\d+\b", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Numbers();
}
