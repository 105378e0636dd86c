using System.Net;
using System.Net.Sockets;

namespace Bayou.TestKit;

/// <summary>
/// Ports of the loopback address that nobody uses. Each is given out once, and none is one that the system would give to a connection going
/// out before the server that it is meant for has bound it.
/// </summary>
public static class FreePort
{
    // Above what services listen on, and below 20,000, where the servers themselves begin to look for ports that nobody told them.
    private const int First = 10_000;
    private const int Count = 10_000;

    // Where to begin is left to chance, as other test programs may run at the same time.
    private static int _taken = Random.Shared.Next(Count);

    public static int Find()
    {
        for (int attempt = 0; attempt < Count; attempt++)
        {
            int port = First + (int)((uint)Interlocked.Increment(ref _taken) % Count);
            if (IsFree(port)) return port;
        }

        throw new InvalidOperationException("Every port is in use.");
    }

    private static bool IsFree(int port)
    {
        using var listener = new TcpListener(IPAddress.Loopback, port) { ExclusiveAddressUse = true };
        try
        {
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
