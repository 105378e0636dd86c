using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Bayou.Conformance;

/// <summary>A socket that speaks bytes. Text is Latin-1, so that every byte survives.</summary>
public sealed class RawClient : IDisposable
{
    public const string Quiet = "CONNECT {\"verbose\":false,\"pedantic\":false,\"headers\":true,\"no_responders\":true}\r\n";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private readonly Socket _socket;
    private readonly StringBuilder _received = new();
    private readonly byte[] _buffer = new byte[64 * 1024];

    private RawClient(Socket socket) => _socket = socket;

    /// <summary>The INFO line.</summary>
    public string Info { get; private set; } = "";

    public static async Task<RawClient> ConnectAsync(int port)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, port);
        var client = new RawClient(socket);
        client.Info = await client.ReadUntilAsync("\r\n");
        return client;
    }

    public Task SendAsync(string text) => SendAsync(Encoding.Latin1.GetBytes(text));

    public async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty) bytes = bytes[await _socket.SendAsync(bytes)..];
    }

    /// <summary>Sends one byte at a time, until the server closes.</summary>
    public async Task TrickleAsync(string text)
    {
        try
        {
            foreach (byte one in Encoding.Latin1.GetBytes(text)) await _socket.SendAsync(new[] { one });
        }
        catch (SocketException)
        {
            // Closed by the server half way, which the answer shows.
        }
    }

    /// <summary>Everything up to and including a mark.</summary>
    public async Task<string> ReadUntilAsync(string mark)
    {
        int searched = 0;
        while (true)
        {
            int index = _received.ToString(searched, _received.Length - searched).IndexOf(mark, StringComparison.Ordinal);
            if (index >= 0) return Take(searched + index + mark.Length);
            searched = Math.Max(0, _received.Length - mark.Length);
            if (!await ReceiveAsync()) throw new EndOfStreamException($"Closed before {mark.Trim()}: {_received}");
        }
    }

    /// <summary>Everything up to the end of the connection.</summary>
    public async Task<string> ReadToEndAsync()
    {
        while (await ReceiveAsync())
        {
        }

        return Take(_received.Length);
    }

    /// <summary>Sends PING and reads what comes before its PONG. Whatever was sent before has been processed then.</summary>
    public async Task<string> RoundTripAsync(string text = "")
    {
        await SendAsync(text + "PING\r\n");
        string answer = await ReadUntilAsync("PONG\r\n");
        return answer[..^"PONG\r\n".Length];
    }

    /// <summary>Says goodbye and waits until the server has, so that nothing of this connection is left there.</summary>
    public async Task LeaveAsync()
    {
        _socket.Shutdown(SocketShutdown.Send);
        await ReadToEndAsync();
    }

    public void Dispose() => _socket.Dispose();

    private string Take(int length)
    {
        string taken = _received.ToString(0, length);
        _received.Remove(0, length);
        return taken;
    }

    private async Task<bool> ReceiveAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        int count;
        try
        {
            count = await _socket.ReceiveAsync(_buffer, SocketFlags.None, patience.Token);
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionReset)
        {
            count = 0;
        }
        catch (OperationCanceledException e)
        {
            throw new TimeoutException($"Nothing more came after: {_received}", e);
        }

        _received.Append(Encoding.Latin1.GetString(_buffer, 0, count));
        return count > 0;
    }
}
