using System.Text.Json;

namespace Bayou.Silo.Administration;

/// <summary>When what an action began has come to its end, by the page of the cluster.</summary>
internal static class AdminWait
{
    public static bool IsDrained(JsonElement cluster, string node) =>
        Find(cluster, node) is not { } silo || (silo.GetProperty("leaders").GetInt32() == 0 && !silo.GetProperty("metadata_leader").GetBoolean());

    public static bool IsRemoved(JsonElement cluster, string node) => Find(cluster, node) is null;

    /// <summary>The replicas are where they should be.</summary>
    public static bool IsSettled(JsonElement cluster, string node) => cluster.GetProperty("groups").GetProperty("moving").GetInt32() == 0;

    private static JsonElement? Find(JsonElement cluster, string node)
    {
        foreach (var silo in cluster.GetProperty("silos").EnumerateArray())
        {
            if (silo.GetProperty("node_id").ValueEquals(node))
            {
                return silo;
            }
        }

        return null;
    }
}
