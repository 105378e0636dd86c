using System.Net.Sockets;

namespace Bayou.Gateway.Connections;

/// <summary>Writes to a socket until it has taken everything, without allocating where it takes it at once.</summary>
internal static class SocketSend
{
    public static ValueTask SendAllAsync(this Socket socket, ReadOnlyMemory<byte> bytes)
    {
        ValueTask<int> send;
        try
        {
            send = socket.SendAsync(bytes, SocketFlags.None);
        }
        catch (ObjectDisposedException e)
        {
            // The caller may be some publisher's read loop, which this is no business of.
            return ValueTask.FromException(e);
        }

        if (!send.IsCompletedSuccessfully) return FinishAsync(socket, send, bytes);
        int sent = send.GetAwaiter().GetResult();
        return sent == bytes.Length ? ValueTask.CompletedTask : socket.SendAllAsync(bytes[sent..]);
    }

    private static async ValueTask FinishAsync(Socket socket, ValueTask<int> send, ReadOnlyMemory<byte> bytes)
    {
        int sent = await send;
        if (sent < bytes.Length) await socket.SendAllAsync(bytes[sent..]);
    }
}
