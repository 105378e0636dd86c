using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Bayou.TestKit.Nats;

/// <summary>
/// A connection that speaks the NATS protocol and nothing above it. One that reconnects behaves as the common clients do: the same
/// subscriptions on a new socket, and whatever was sent into the gap is lost.
/// </summary>
public sealed class NatsConnection : IAsyncDisposable
{
    private const string Connect =
        "CONNECT {\"verbose\":false,\"pedantic\":false,\"protocol\":1,\"echo\":true,\"headers\":true,\"no_responders\":true,\"lang\":\"test\",\"version\":\"1\"}\r\n";

    private static readonly TimeSpan ReconnectPause = TimeSpan.FromMilliseconds(20);

    /// <summary>For a server that may be frozen or out of reach, where there is another one to go to.</summary>
    private static readonly TimeSpan OpenBudget = TimeSpan.FromSeconds(2);

    private readonly IReadOnlyList<IPEndPoint> _servers;
    private readonly bool _reconnects;
    private readonly ConcurrentDictionary<int, NatsSubscription> _subscriptions = new();
    private readonly ConcurrentQueue<TaskCompletionSource> _pings = new();
    private readonly ConcurrentDictionary<string, TaskCompletionSource<NatsMessage>> _requests = new(StringComparer.Ordinal);
    private readonly string _replyPrefix = UniqueName.Inbox();
    private readonly SemaphoreSlim _sending = new(1, 1);
    private readonly CancellationTokenSource _disposed = new();
    private Socket _socket;
    private FrameReader _frames;
    private Task _receiving = Task.CompletedTask;
    private int _lastId;
    private int _lastRequest;
    private int _opened;

    private NatsConnection(IReadOnlyList<IPEndPoint> servers, bool reconnects)
    {
        (_servers, _reconnects) = (servers, reconnects);
        (_socket, _frames) = (null!, null!);
    }

    /// <summary>Called with each new connection after the first.</summary>
    public event Action? Reconnected;

    /// <summary>Errors that the server reported.</summary>
    public ConcurrentQueue<string> Errors { get; } = new();

    /// <summary>Ends when the connection is closed for good.</summary>
    public Task Closed => _receiving;

    /// <summary>The server of the current connection.</summary>
    public IPEndPoint Server => _servers[(_opened - 1) % _servers.Count];

    public static Task<NatsConnection> ConnectAsync(int port, bool reconnects = false) =>
        ConnectAsync([new IPEndPoint(IPAddress.Loopback, port)], reconnects);

    /// <summary>Connects to the first of several servers, which must be there; reconnects to the others in turn.</summary>
    public static async Task<NatsConnection> ConnectAsync(IReadOnlyList<IPEndPoint> servers, bool reconnects = false)
    {
        var connection = new NatsConnection(servers, reconnects);
        await connection.OpenAsync();
        connection.Subscribe(connection._replyPrefix + ".*", connection.OnReply);
        connection._receiving = connection.ReceiveAsync();
        await connection.RoundTripAsync();
        return connection;
    }

    /// <summary>Listens to a subject. Without a handler the messages wait in the subscription.</summary>
    public NatsSubscription Subscribe(string subject, Action<NatsMessage>? handler = null, string? queue = null)
    {
        int id = Interlocked.Increment(ref _lastId);
        var subscription = new NatsSubscription(id, subject, queue, handler);
        _subscriptions[id] = subscription;
        Send(Encoding.UTF8.GetBytes(subscription.Operation));
        return subscription;
    }

    public void Unsubscribe(NatsSubscription subscription)
    {
        _subscriptions.TryRemove(subscription.Id, out _);
        Send(Encoding.UTF8.GetBytes($"UNSUB {subscription.Id}\r\n"));
    }

    public void Publish(string subject, ReadOnlySpan<byte> payload, string replyTo = "") => Send(Operations.Publish(subject, replyTo, payload));

    /// <summary>Sends a request; the answer must come. A subject without listeners answers with the status 503.</summary>
    public Task<NatsMessage> RequestAsync(string subject, ReadOnlySpan<byte> payload) => RequestAsync(subject, payload, Patience.Long);

    /// <summary>As the other, with a deadline of its own: <see cref="TimeoutException"/>.</summary>
    public Task<NatsMessage> RequestAsync(string subject, ReadOnlySpan<byte> payload, TimeSpan patience)
    {
        string reply = $"{_replyPrefix}.{Interlocked.Increment(ref _lastRequest)}";
        var answer = new TaskCompletionSource<NatsMessage>(TaskCreationOptions.RunContinuationsAsynchronously);
        _requests[reply] = answer;
        Publish(subject, payload, reply);
        return answer.Task.WaitAsync(patience);
    }

    /// <summary>Returns when the server has taken in everything sent before, and everything it sent before its answer is here.</summary>
    public Task RoundTripAsync()
    {
        var answer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _sending.Wait();
        try
        {
            _pings.Enqueue(answer);
            Write("PING\r\n"u8);
        }
        finally
        {
            _sending.Release();
        }

        return answer.Task.WaitAsync(Patience.Long);
    }

    /// <summary>Sends bytes as they are.</summary>
    public void Send(ReadOnlySpan<byte> operations)
    {
        _sending.Wait();
        try
        {
            Write(operations);
        }
        finally
        {
            _sending.Release();
        }
    }

    /// <summary>Cuts the connection without a word; it does not come back.</summary>
    public async Task AbortAsync()
    {
        await _disposed.CancelAsync();
        _socket.LingerState = new LingerOption(enable: true, seconds: 0);
        _socket.Close();
        await _receiving;
    }

    /// <summary>Gives up the current connection, as clients do whose pings are not answered; one that reconnects goes to the next server.</summary>
    public void Drop() => _socket.Dispose();

    public async ValueTask DisposeAsync()
    {
        await _disposed.CancelAsync();
        _socket.Dispose();
        await _receiving;
        _disposed.Dispose();
        _sending.Dispose();
    }

    private void Write(ReadOnlySpan<byte> operations)
    {
        try
        {
            while (!operations.IsEmpty) operations = operations[_socket.Send(operations)..];
        }
        catch (Exception e) when (_reconnects && e is SocketException or ObjectDisposedException)
        {
            // Lost in the gap, as with every client.
        }
    }

    private async Task OpenAsync()
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        IPEndPoint server = _servers[_opened++ % _servers.Count];
        using var deadline = new CancellationTokenSource(_servers.Count == 1 ? Timeout.InfiniteTimeSpan : OpenBudget);
        await using CancellationTokenRegistration expiry = deadline.Token.Register(socket.Dispose);
        try
        {
            await socket.ConnectAsync(server);
            var frames = new FrameReader(PipeReader.Create(new NetworkStream(socket, ownsSocket: false)));
            string? info = await frames.ReadLineAsync();
            if (info is null || !info.StartsWith("INFO ", StringComparison.Ordinal)) throw new SocketException((int)SocketError.ConnectionReset);
            await socket.SendAsync(Encoding.UTF8.GetBytes(Connect));
            (_socket, _frames) = (socket, frames);
        }
        catch (Exception)
        {
            socket.Dispose();
            throw;
        }
    }

    private async Task ReceiveAsync()
    {
        while (true)
        {
            await ReceiveUntilClosedAsync();
            while (_pings.TryDequeue(out TaskCompletionSource? ping)) ping.TrySetException(new EndOfStreamException("The connection was closed."));
            if (!_reconnects || !await ReopenAsync()) return;
            Reconnected?.Invoke();
        }
    }

    private async Task ReceiveUntilClosedAsync()
    {
        try
        {
            while (await _frames.ReadLineAsync() is { } line) await HandleAsync(line);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or SocketException)
        {
            // Closed, by whichever side.
        }
    }

    private async Task<bool> ReopenAsync()
    {
        while (!_disposed.IsCancellationRequested)
        {
            await _sending.WaitAsync();
            try
            {
                _socket.Dispose();
                await OpenAsync();
                foreach (NatsSubscription subscription in _subscriptions.Values.OrderBy(static s => s.Id)) Write(Encoding.UTF8.GetBytes(subscription.Operation));
                return true;
            }
            catch (Exception e) when (e is SocketException or IOException or ObjectDisposedException)
            {
                // Whether a server is back is not an event that could be awaited: try again shortly.
            }
            finally
            {
                _sending.Release();
            }

            await Task.Delay(ReconnectPause);
        }

        return false;
    }

    private async ValueTask HandleAsync(string line)
    {
        if (line.StartsWith("MSG ", StringComparison.Ordinal) || line.StartsWith("HMSG ", StringComparison.Ordinal))
        {
            (int id, NatsMessage message) = await _frames.ReadMessageAsync(line);
            if (_subscriptions.TryGetValue(id, out NatsSubscription? subscription)) subscription.Accept(message);
        }
        else if (line == "PING")
        {
            Send("PONG\r\n"u8);
        }
        else if (line == "PONG")
        {
            if (_pings.TryDequeue(out TaskCompletionSource? ping)) ping.TrySetResult();
        }
        else if (line.StartsWith("-ERR", StringComparison.Ordinal))
        {
            Errors.Enqueue(line);
        }
    }

    private void OnReply(NatsMessage message)
    {
        if (_requests.TryRemove(message.Subject, out TaskCompletionSource<NatsMessage>? answer)) answer.TrySetResult(message);
    }
}
