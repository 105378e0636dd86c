using Bayou.Grains.Interfaces.Administration;

namespace Bayou.Grains.Interfaces;

/// <summary>
/// The cluster for its operator, from the silo in this process: it answers even while there is no majority, and then as far as it
/// knows. Actions may be repeated: what is done already is left as it is. With <c>dryRun</c> nothing is changed, and the answer is
/// what it would have been.
/// </summary>
public interface IClusterAdministration
{
    /// <summary>How the cluster is. Silos have two seconds to answer.</summary>
    Task<ClusterSummary> DescribeAsync();

    /// <summary>Has another node lead a group.</summary>
    /// <param name="group">The number of a group, or the name of a channel.</param>
    /// <param name="to">The node; null for the one that leads the fewest.</param>
    /// <param name="dryRun">Only say what would be done.</param>
    Task<AdminResult> TransferAsync(string group, string? to, bool dryRun);

    /// <summary>Has a node give up everything that it leads, and lead nothing until it is added again.</summary>
    Task<AdminResult> DrainAsync(string node, bool dryRun);

    /// <summary>Has a node take part in full: it stays, it may lead, and it gets its share of the replicas.</summary>
    Task<AdminResult> AddAsync(string node, bool dryRun);

    /// <summary>Moves everything that a node has to others, and then takes it out of the cluster.</summary>
    Task<AdminResult> RemoveAsync(string node, bool dryRun);
}
