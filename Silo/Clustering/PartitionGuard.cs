using Bayou.Gateway.Routes;
using Bayou.Gateway.Streaming.Partitioning;

namespace Bayou.Silo.Clustering;

/// <summary>
/// Keeps a server from serving channels that another one has, too: it does not start beside that one, and where the two meet later, it ends.
/// </summary>
internal sealed class PartitionGuard(PartitionCheck check, Action<string> leave, RouteMesh? mesh = null)
{
    /// <exception cref="IOException">Another server has one of the channels.</exception>
    public async Task RequireUniqueAsync(CancellationToken cancellation)
    {
        if (mesh is not null && await check.FindConflictAsync(cancellation) is { } conflict)
        {
            throw new IOException(conflict);
        }
    }

    /// <summary>From here on this server objects to others. It looks around once more: one that began to serve at the same time kept silent, too.</summary>
    public void Watch()
    {
        check.Serve();
        if (mesh is not null)
        {
            mesh.Grown += () => _ = LookAsync();
            _ = LookAsync();
        }
    }

    private async Task LookAsync()
    {
        if (await check.FindConflictAsync() is { } conflict)
        {
            leave($"Partitioning error: {conflict}");
        }
    }
}
