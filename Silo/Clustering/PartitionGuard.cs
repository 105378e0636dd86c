using Bayou.Gateway.Routes;
using Bayou.Gateway.Streaming.Partitioning;
using Microsoft.Extensions.Logging;

namespace Bayou.Silo.Clustering;

/// <summary>
/// Keeps a server from serving channels that another one has, too: it does not start beside that one, and where two meet that are at work, one of
/// them ends.
/// </summary>
internal sealed partial class PartitionGuard(PartitionCheck check, Action<string> leave, ILogger<PartitionGuard> logger, RouteMesh? mesh = null)
{
    /// <exception cref="IOException">Another server has one of the channels.</exception>
    public async Task RequireUniqueAsync(CancellationToken cancellation)
    {
        if (mesh is not null && await check.FindConflictsAsync(cancellation) is [var conflict, ..])
        {
            throw new IOException(conflict.ToString());
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
        foreach (var conflict in await check.FindConflictsAsync())
        {
            if (check.MustYieldTo(conflict.ServerId))
            {
                leave($"Partitioning error: {conflict}");
            }

            LogConflict(conflict);
        }
    }

    [LoggerMessage(5105, LogLevel.Error, "Partitioning error: {Conflict}; that server has to go")]
    private partial void LogConflict(PartitionConflict conflict);
}
