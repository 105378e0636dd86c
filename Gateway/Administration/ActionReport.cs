using Bayou.Grains.Interfaces.Administration;

namespace Bayou.Gateway.Administration;

/// <summary>The answer to an action; what is null is left out.</summary>
internal sealed record ActionReport
{
    /// <summary>Why nothing was done; null if all is as asked.</summary>
    public string? Error { get; init; }

    /// <summary>What could have been named instead.</summary>
    public IReadOnlyList<string>? Allowed { get; init; }

    /// <summary>What was done, or would be.</summary>
    public string? Message { get; init; }

    /// <summary>Something was changed, or would be; false if everything was as asked already.</summary>
    public bool? Changed { get; init; }

    /// <summary>Nothing was changed, since that was not asked for.</summary>
    public bool? DryRun { get; init; }

    /// <summary>Of an action on the cluster: the replicas that move, or would.</summary>
    public IReadOnlyList<ReplicaMove>? Moves { get; init; }

    /// <summary>Of an action on a channel: what goes, or would.</summary>
    public ChannelEffect? Effect { get; init; }

    public IReadOnlyList<string>? Warnings { get; init; }

    public static ActionReport Of(AdminResult result, bool dryRun) => result.Outcome is AdminOutcome.Done or AdminOutcome.Unchanged
        ? new ActionReport
        {
            Message = result.Message,
            Changed = result.Outcome == AdminOutcome.Done,
            DryRun = dryRun,
            Moves = result.Effect is null ? result.Moves : null,
            Effect = result.Effect,
            Warnings = result.Warnings,
        }
        : Failed(result.Message, result.Allowed);

    public static ActionReport Failed(string error, IReadOnlyList<string> allowed) => new() { Error = error, Allowed = allowed.Count > 0 ? allowed : null };
}
