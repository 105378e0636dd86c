using Microsoft.AspNetCore.Connections;

namespace Bayou.Gateway;

/// <summary>The feature of a connection that came to the dashboard's port. Its pages are nowhere else, and nothing else is there.</summary>
public sealed class DashboardConnection
{
    private static readonly DashboardConnection Instance = new();

    private DashboardConnection()
    {
    }

    internal static ConnectionDelegate Mark(ConnectionDelegate next) => connection =>
    {
        connection.Features.Set(Instance);
        return next(connection);
    };
}
