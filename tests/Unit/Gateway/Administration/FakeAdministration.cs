using Bayou.Grains.Interfaces;
using Bayou.Grains.Interfaces.Administration;

namespace Bayou.Unit.Gateway.Administration;

/// <summary>A cluster that is as a test says, and remembers what it was asked to do.</summary>
internal sealed class FakeAdministration : IClusterAdministration
{
    public ClusterSummary Cluster { get; init; } = new() { NodeId = "a", Formed = true };

    public AdminResult Result { get; init; } = new() { Outcome = AdminOutcome.Done, Message = "It is done." };

    public List<string> Asked { get; } = [];

    public Task<ClusterSummary> DescribeAsync() => Task.FromResult(Cluster);

    public Task<AdminResult> TransferAsync(string group, string? to, bool dryRun) => Note($"transfer {group} {to}", dryRun);

    public Task<AdminResult> DrainAsync(string node, bool dryRun) => Note($"drain {node}", dryRun);

    public Task<AdminResult> AddAsync(string node, bool dryRun) => Note($"add {node}", dryRun);

    public Task<AdminResult> RemoveAsync(string node, bool dryRun) => Note($"remove {node}", dryRun);

    private Task<AdminResult> Note(string action, bool dryRun)
    {
        Asked.Add(dryRun ? action + " (dry run)" : action);
        return Task.FromResult(Result);
    }
}
