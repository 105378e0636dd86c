using Bayou.Grains.Interfaces;
using Bayou.Grains.Interfaces.Administration;
using Bayou.Grains.Metadata.Log;
using Bayou.Grains.Monitoring;
using Bayou.Grains.Placement;
using Bayou.Grains.Replication;
using Bayou.Grains.Replication.Peers;
using Bayou.Records;

namespace Bayou.Grains.Administration;

/// <summary>Answers the operator: asks the silos, lets the pure parts decide, and gives the metadata the commands.</summary>
public sealed class ClusterAdministration(ReplicaHost host, ReplicaReader replicas, SiloCalls silos, SiloDirectory addresses) : IClusterAdministration
{
    public async Task<ClusterSummary> DescribeAsync() => host.IsFormed
        ? (await LookAsync()).Summary
        : new ClusterSummary { NodeId = silos.Own };

    public Task<AdminResult> TransferAsync(string group, string? to, bool dryRun) => DecideAsync(async (known, summary) =>
    {
        var plan = TransferPlan.Of(group, to, summary);
        if (plan.Refusal is { } refusal)
        {
            return refusal;
        }

        var target = known.Metadata.Silos.Present.First(silo => known.NameOf(silo) == plan.To);
        var isDone = dryRun || (await silos.AskAsync(
            [plan.From],
            [],
            _ => host.TransferAsync(new GroupId(plan.Group), target),
            (_, silo) => silo.TransferAsync(plan.Group, target.Value))).GetValueOrDefault(plan.From);
        return isDone
            ? new AdminResult { Outcome = AdminOutcome.Done, Message = $"Group {plan.Group} goes from {plan.From} to {plan.To}." }
            : new AdminResult { Outcome = AdminOutcome.Unavailable, Message = $"{plan.From} goes on leading group {plan.Group}: {plan.To} did not take over in time." };
    });

    public Task<AdminResult> DrainAsync(string node, bool dryRun) => ChangeAsync(node, dryRun, (known, silo) =>
    {
        var entry = known.Metadata.Silos.All[silo];
        return entry.IsDrained ? Change.None($"{node} is drained already.")
            : !known.Metadata.Silos.Active.Any(other => other != silo && known.IsAlive(other) && !known.Metadata.Silos.All[other].IsDrained)
                ? Change.Refuse($"There is no other live node that could lead what {node} leads.")
            : new Change(new MetadataCommand { DrainSilo = new DrainSilo { Silo = silo.Value } }, $"{node} gives up what it leads, and leads nothing until it is added again.");
    });

    public Task<AdminResult> AddAsync(string node, bool dryRun) => ChangeAsync(node, dryRun, (known, silo) =>
    {
        var command = new MetadataCommand { AdmitSilo = new AdmitSilo { Silo = silo.Value } };
        var entry = known.Metadata.Silos.All[silo];
        var isNews = entry.IsDrained || entry.IsLeaving
            || PlacementDifference.Between(known.Metadata, known.Metadata.Preview(command, out _)).Count > 0;
        return isNews ? new Change(command, $"{node} takes part in full, and gets its share of the replicas.") : Change.None($"{node} takes part in full already.");
    });

    public Task<AdminResult> RemoveAsync(string node, bool dryRun) => ChangeAsync(node, dryRun, (known, silo) =>
    {
        if (known.Metadata.Silos.All[silo].IsLeaving)
        {
            return Change.None($"{node} is being removed already.");
        }

        var command = new MetadataCommand { RemoveSilo = new RemoveSilo { Silo = silo.Value } };
        var after = known.Metadata.Preview(command, out var result);
        return result.Error is null && RemovalCheck.Obstacle(silo, after, known) is { } obstacle
            ? Change.Refuse(obstacle)
            : new Change(command, $"{node} is removed as soon as others have what it has.") { Warnings = RemovalCheck.Warnings(known.Metadata, after) };
    });

    /// <summary>One command for the metadata that concerns a node.</summary>
    private Task<AdminResult> ChangeAsync(string node, bool dryRun, Func<ClusterKnowledge, SiloNumber, Change> plan) => DecideAsync(async (known, _) =>
    {
        var silo = known.Metadata.Silos.Present.FirstOrDefault(present => known.NameOf(present) == node);
        if (silo == SiloNumber.None)
        {
            return NotFound(node, known);
        }

        var change = plan(known, silo);
        if (change.Command is not { } command)
        {
            return new AdminResult { Outcome = change.IsRefused ? AdminOutcome.Refused : AdminOutcome.Unchanged, Message = change.Message };
        }

        var after = known.Metadata.Preview(command, out var result);
        var moves = PlacementDifference.Between(known.Metadata, after);
        if (!dryRun && result.Error is null)
        {
            result = await host.Metadata.ChangeSiloAsync(command);

            // Whoever asks this silo next is told of it.
            await host.Metadata.PassBarrierAsync();
        }

        return result.Error is { } error
            ? new AdminResult { Outcome = AdminOutcome.Refused, Message = error }
            : new AdminResult { Outcome = AdminOutcome.Done, Message = change.Message, Moves = moves, Warnings = change.Warnings };
    });

    private static AdminResult NotFound(string node, ClusterKnowledge known)
    {
        var isGone = known.Metadata.Silos.All.Values.Any(entry => entry.Identity.Name == node);
        return new AdminResult
        {
            Outcome = AdminOutcome.NotFound,
            Message = isGone
                ? $"Node {node} was removed from the cluster."
                : $"The cluster has no node {node}. A server joins by itself when it is started with routes to the cluster.",
            Allowed = [.. known.Metadata.Silos.Present.Select(known.NameOf)],
        };
    }

    private async Task<AdminResult> DecideAsync(Func<ClusterKnowledge, ClusterSummary, Task<AdminResult>> decide)
    {
        if (!host.IsFormed)
        {
            return new AdminResult { Outcome = AdminOutcome.Unavailable, Message = "This server does not belong to a cluster yet." };
        }

        try
        {
            await host.Metadata.PassBarrierAsync();
            var (known, summary) = await LookAsync();
            return await decide(known, summary);
        }
        catch (ReplicaUnavailableException exception)
        {
            return new AdminResult { Outcome = AdminOutcome.Unavailable, Message = $"The metadata cannot decide anything now: {exception.Message}" };
        }
    }

    private async Task<(ClusterKnowledge Known, ClusterSummary Summary)> LookAsync()
    {
        var metadata = await host.Metadata.QueryAsync(machine => machine.Copy());
        var own = metadata.Silos.Find(host.Services.Store.Identity.Silo);
        var alive = metadata.Silos.Present.Where(silo => StateOf(silo, own) != SiloState.Dead).ToDictionary(silo => metadata.Silos.All[silo].Identity.Name);
        var unanswered = new List<string>();
        var answers = await silos.AskAsync(alive.Keys, unanswered, _ => replicas.ReadAsync(), (_, silo) => silo.DescribeReplicasAsync());
        var known = new ClusterKnowledge(own, metadata, silo => StateOf(silo, own), answers.ToDictionary(answer => alive[answer.Key], answer => answer.Value));
        return (known, ClusterPicture.Of(known, addresses.AddressOf, unanswered));
    }

    private SiloState StateOf(SiloNumber silo, SiloNumber own) =>
        silo == own || host.Services.Liveness.IsAlive(silo) ? SiloState.Alive
        : host.Services.Liveness.IsDead(silo) ? SiloState.Dead
        : SiloState.Unknown;

    /// <summary>What is to be done: a command, or nothing and why.</summary>
    private sealed record Change(MetadataCommand? Command, string Message)
    {
        public bool IsRefused { get; private init; }

        public IReadOnlyList<string> Warnings { get; init; } = [];

        public static Change None(string message) => new(Command: null, message);

        public static Change Refuse(string message) => new(Command: null, message) { IsRefused = true };
    }
}
