using Bayou.Grains.Metadata;
using Bayou.Records;
using Microsoft.Extensions.Logging;

namespace Bayou.Grains.Replication;

/// <summary>
/// What replicas have to say to the metadata. A word that does not get there, because the metadata has no leader now, is said again by
/// the replica.
/// </summary>
internal sealed partial class MetadataReports(Func<MetadataReplica> metadata, ILogger logger)
{
    /// <summary>A replica differs from its leader: it is to begin anew, under another id.</summary>
    public void Renew(Replica replica)
    {
        LogDiverged(replica.Group, replica.Id);
        _ = SayAsync(() => metadata().RenewReplicaAsync(replica.Group, replica.Id));
    }

    /// <summary>A group has let go of replicas that were to leave.</summary>
    public void Settle(GroupId group, IReadOnlyList<ulong> replicas) => _ = SayAsync(() => metadata().SettleGroupAsync(group, replicas));

    /// <summary>A channel has ended.</summary>
    public void Delete(GroupId group) => _ = SayAsync(() => metadata().DeleteChannelAsync(group));

    private static async Task SayAsync(Func<Task> say)
    {
        try
        {
            await say();
        }
        catch (ReplicaUnavailableException)
        {
            // There is no leader, or nobody knows what became of the word.
        }
    }

    [LoggerMessage(2202, LogLevel.Error, "Replica {Replica} of group {Group} differs from its leader; it begins anew, its files stay in quarantine")]
    private partial void LogDiverged(GroupId group, Peers.ReplicaId replica);
}
