using System.Net.Sockets;
using System.Text;
using Bayou.Load.Protocol;

namespace Bayou.Load.Nats;

/// <summary>
/// One TCP connection to a NATS server, on a blocking socket: with a thread per direction that is the cheapest way to
/// move many small messages on Linux. One thread receives; any thread may send, each through its own <see cref="OutputBuffer"/>.
/// </summary>
public sealed class NatsConnection : IDisposable
{
    private readonly Socket _socket;
    private readonly FrameReader _frames;
    private readonly Lock _sending = new();
    private readonly TimeSpan _silence;
    private int _lastSid;
    private long _pongs;

    private NatsConnection(Socket socket, TimeSpan silence, int readBuffer)
    {
        _socket = socket;
        _frames = new FrameReader(readBuffer);
        _silence = silence;
    }

    /// <summary>Connects and logs in. A receive that waits longer than <paramref name="silence"/> fails.</summary>
    public static NatsConnection Open(ServerUrl server, string name, TimeSpan silence, int readBuffer = FrameReader.DefaultCapacity)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveTimeout = (int)silence.TotalMilliseconds };
        try
        {
            socket.Connect(server.Host, server.Port);
            var connection = new NatsConnection(socket, silence, readBuffer);
            connection.LogIn(server, name);
            return connection;
        }
        catch (SocketException exception)
        {
            socket.Dispose();
            throw new LoadException($"Cannot connect to {server}: {exception.Message}", exception);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>The server's INFO line.</summary>
    public string Info { get; private set; } = "";

    /// <summary>The socket, to wait on several connections at once.</summary>
    public Socket Socket => _socket;

    /// <summary>Sends whole operations at once.</summary>
    public void Send(ReadOnlySpan<byte> operations)
    {
        lock (_sending)
        {
            try
            {
                while (!operations.IsEmpty)
                    operations = operations[_socket.Send(operations)..];
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
            {
                throw new LoadException($"The connection was lost while sending: {exception.Message}", exception);
            }
        }
    }

    /// <summary>Subscribes and returns the sid that deliveries will carry.</summary>
    public int Subscribe(string subject)
    {
        int sid = Interlocked.Increment(ref _lastSid);
        Send(Encoding.UTF8.GetBytes($"SUB {subject} {sid}\r\n"));
        return sid;
    }

    public void Publish(string subject, string? replyTo, ReadOnlySpan<byte> payload) =>
        Send(PublishOperation.Encode(subject, replyTo, payload));

    /// <summary>Takes a message that has already arrived; false when the next one needs a read from the socket.</summary>
    public bool TryReceive(out Message message)
    {
        while (true)
        {
            switch (_frames.Read(out message))
            {
                case FrameKind.Message: return true;
                case FrameKind.Incomplete: return false;
                case FrameKind.Ping: Send("PONG\r\n"u8); break;
                case FrameKind.Pong: _pongs++; break;
                case FrameKind.Error: throw new LoadException($"The server sent {_frames.Text}");
                default: break;
            }
        }
    }

    /// <summary>Reads from the socket once, waiting for at least one byte.</summary>
    public void Fill()
    {
        try
        {
            int count = _socket.Receive(_frames.FreeSpace());
            if (count == 0)
                throw new LoadException("The server closed the connection.");
            _frames.Advance(count);
        }
        catch (SocketException exception) when (exception.SocketErrorCode is SocketError.TimedOut or SocketError.WouldBlock)
        {
            throw new LoadException($"The server was silent for {_silence.TotalSeconds:0.#} s while messages were due.", exception);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            throw new LoadException($"The connection was lost while receiving: {exception.Message}", exception);
        }
    }

    /// <summary>Waits for the next message.</summary>
    public Message Receive()
    {
        Message message;
        while (!TryReceive(out message))
            Fill();
        return message;
    }

    /// <summary>
    /// Returns when the server has handled everything sent before. A message that arrives meanwhile is an error:
    /// callers use this where every expected message has been seen.
    /// </summary>
    public void RoundTrip()
    {
        long target = _pongs + 1;
        Send("PING\r\n"u8);
        while (_pongs < target)
        {
            if (TryReceive(out var message))
                throw new LoadException($"A message too many arrived on {Encoding.UTF8.GetString(message.Subject)}.");
            if (_pongs < target)
                Fill();
        }
    }

    public void Dispose() => _socket.Dispose();

    private void LogIn(ServerUrl server, string name)
    {
        ExpectNext(FrameKind.Info);
        Info = _frames.Text;
        string options = $"\"verbose\":false,\"pedantic\":false,\"echo\":true,\"headers\":true,\"no_responders\":true,\"protocol\":1," +
            $"\"lang\":\"bayou-load\",\"version\":\"0.1.0\",\"name\":\"{name}\"{server.LoginFields()}";
        Send(Encoding.UTF8.GetBytes($"CONNECT {{{options}}}\r\n"));
        RoundTrip();
    }

    private void ExpectNext(FrameKind expected)
    {
        FrameKind kind;
        while ((kind = _frames.Read(out _)) == FrameKind.Incomplete)
            Fill();
        if (kind != expected)
            throw new LoadException($"Expected {expected} from the server, got {kind} {_frames.Text}.");
    }
}
