using Bayou.Grains.Metadata;

namespace Bayou.Grains.Replication.Formation;

/// <summary>Whether a data directory is the one that the configuration means.</summary>
internal static class ClusterIdentity
{
    /// <summary>What in the configuration contradicts the directory, for the operator; null if nothing does.</summary>
    public static string? Contradiction(ClusterSettings settings, MetadataStateMachine metadata, Guid silo)
    {
        if (metadata.StreamingId != settings.StreamingId)
        {
            return $"cluster ID \"{settings.StreamingId}\" does not match recovered value of \"{metadata.StreamingId}\"";
        }

        var number = metadata.Silos.Find(silo);
        if (!metadata.Silos.All.TryGetValue(number, out var entry))
        {
            return "the data directory holds the metadata of a cluster that does not know it; set it aside, and the server joins anew";
        }

        if (entry.IsGone)
        {
            return "this server was removed from its cluster; set the data directory aside, and the server joins anew";
        }

        var name = entry.Identity.Name;
        return name == settings.Name ? null
            : name == ClusterSettings.Alone.Name ? "stan: cannot restart server in clustered mode if it was not previously clustered"
            : settings.Name == ClusterSettings.Alone.Name ? $"the data directory belongs to node \"{name}\" of a cluster; start it with its cluster block"
            : $"the data directory belongs to node \"{name}\", not \"{settings.Name}\"";
    }
}
