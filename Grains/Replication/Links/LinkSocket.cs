using System.Net.Sockets;

namespace Bayou.Grains.Replication.Links;

/// <summary>How sockets between silos are set up.</summary>
internal static class LinkSocket
{
    private const int TcpLevel = 6;
    private const int TcpUserTimeout = 18;

    /// <summary>
    /// Bytes that a peer does not confirm for so long end the connection. Without it a connection that was cut off waits, after the
    /// network is whole again, for as long as the network was away, and only then goes on.
    /// </summary>
    private const int UnconfirmedMilliseconds = 3000;

    /// <summary>Seconds of silence after which the system asks whether the other side is there, and between the questions.</summary>
    private const int KeepAliveSeconds = 5;

    public static void SetUp(Socket socket)
    {
        socket.NoDelay = true;
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, optionValue: true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, KeepAliveSeconds);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, KeepAliveSeconds);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, 3);
        if (OperatingSystem.IsLinux())
        {
            socket.SetRawSocketOption(TcpLevel, TcpUserTimeout, BitConverter.GetBytes(UnconfirmedMilliseconds));
        }
    }
}
