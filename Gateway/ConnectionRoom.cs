using Microsoft.AspNetCore.Connections;

namespace Bayou.Gateway;

/// <summary>
/// Counts the connections that were accepted, whoever made them, against <see cref="GatewayOptions.MaxSockets"/>. Each is accepted into
/// room that was taken before, and gives it back when it has ended.
/// </summary>
internal sealed class ConnectionRoom(int capacity)
{
    private int _taken;

    /// <summary>False if there is none.</summary>
    public bool TryTake()
    {
        if (Interlocked.Increment(ref _taken) <= capacity) return true;
        Release();
        return false;
    }

    /// <summary>Takes room whether there is any or not.</summary>
    public void Take() => Interlocked.Increment(ref _taken);

    public void Release() => Interlocked.Decrement(ref _taken);

    /// <summary>Runs a connection that has its room, and gives that back.</summary>
    public ConnectionDelegate Hold(ConnectionDelegate next) => async connection =>
    {
        try
        {
            await next(connection);
        }
        finally
        {
            Release();
        }
    };
}
