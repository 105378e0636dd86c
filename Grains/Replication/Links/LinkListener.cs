using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Bayou.Grains.Replication.Links;

/// <summary>Takes the calls of other silos and hands on the frames that they send.</summary>
internal sealed partial class LinkListener : IAsyncDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    private const uint FramesPerTurn = 64;
    private const uint BytesPerTurn = 16 << 10;

    private readonly LinkOptions _options;
    private readonly Action<string, ReadOnlyMemory<byte>> _onFrame;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Socket _socket;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _gate = new();
    private readonly HashSet<Task> _calls = [];
    private Task _accepting = Task.CompletedTask;

    /// <summary>Listens from here on; calls are taken after <see cref="Start"/>.</summary>
    public LinkListener(LinkOptions options, Action<string, ReadOnlyMemory<byte>> onFrame, TimeProvider time, ILogger logger)
    {
        _options = options;
        _onFrame = onFrame;
        _time = time;
        _logger = logger;
        _socket = new Socket(options.Listen.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            _socket.Bind(options.Listen);
            _socket.Listen();
        }
        catch (SocketException exception)
        {
            _socket.Dispose();
            throw new IOException($"Cannot listen for peers on {options.Listen}: {exception.Message}", exception);
        }
    }

    /// <summary>With the port that was taken.</summary>
    public IPEndPoint Endpoint => (IPEndPoint)_socket.LocalEndPoint!;

    public void Start() => _accepting = AcceptAsync();

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _socket.Dispose();
        await _accepting;
        Task[] calls;
        lock (_gate)
        {
            calls = [.. _calls];
        }

        await Task.WhenAll(calls);
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        var pause = FirstPause;
        while (!_stopping.IsCancellationRequested)
        {
            Socket caller;
            try
            {
                caller = await _socket.AcceptAsync(_stopping.Token);
                pause = FirstPause;
            }
            catch (Exception exception) when (_stopping.IsCancellationRequested && exception is SocketException or OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException exception)
            {
                // A call that broke off while it was taken, or no descriptor for it. It fails as often as it is tried then, at once, and on
                // the thread that hears of sockets; so it is tried after a pause, as NATS servers do.
                LogNotAccepted(exception.Message, (int)pause.TotalMilliseconds);
                await Task.Delay(pause, _time, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
                continue;
            }

            var call = ServeAsync(caller);
            lock (_gate)
            {
                _calls.Add(call);
            }

            _ = call.ContinueWith(Forget, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
    }

    private void Forget(Task call)
    {
        lock (_gate)
        {
            _calls.Remove(call);
        }
    }

    private async Task ServeAsync(Socket caller)
    {
        var name = caller.RemoteEndPoint?.ToString();
        try
        {
            LinkSocket.SetUp(caller);
            await using var stream = new NetworkStream(caller, ownsSocket: true);
            var greeting = await GreetAsync(stream);
            name = greeting.Name;
            if (greeting.ClusterId != _options.ClusterId)
            {
                await stream.WriteAsync(LinkGreeting.Refusal($"this is cluster {_options.ClusterId}, not {greeting.ClusterId}"), _stopping.Token);
                return;
            }

            await stream.WriteAsync(LinkGreeting.Welcome, _stopping.Token);
            await ReadAsync(stream, greeting.Name);
        }
        catch (InvalidDataException exception)
        {
            LogRefused(name, exception.Message);
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or SocketException)
        {
            // The caller is gone, or this silo stops; whoever needs the link calls again.
        }
        catch (Exception exception)
        {
            // A frame that is not understood, or a mistake of this server. The caller calls again, and consensus repeats what matters.
            LogBroken(exception, name);
        }
    }

    private async Task<LinkGreeting> GreetAsync(Stream stream)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
        limited.CancelAfter(_options.ConnectTimeout);
        return await LinkGreeting.ReadAsync(stream, limited.Token);
    }

    private async Task ReadAsync(Stream stream, string peer)
    {
        await using var buffered = new BufferedStream(stream, 64 << 10);
        var header = new byte[sizeof(uint)];
        var frames = 0u;
        while (true)
        {
            await buffered.ReadExactlyAsync(header, _stopping.Token);
            var length = BinaryPrimitives.ReadUInt32LittleEndian(header);
            if (length > (uint)_options.MaxFrameBytes)
            {
                throw new InvalidDataException($"It announced a frame of {length} bytes, more than {_options.MaxFrameBytes}.");
            }

            // Consensus and segments keep slices of it, for as long as they like.
            var frame = GC.AllocateUninitializedArray<byte>((int)length);
            await buffered.ReadExactlyAsync(frame, _stopping.Token);
            if (!Thread.CurrentThread.IsThreadPoolThread && (++frames % FramesPerTurn == 0 || length > BytesPerTurn))
            {
                // The thread that hears of sockets is for all of them.
                await Task.Yield();
            }

            _onFrame(peer, frame);
        }
    }

    [LoggerMessage(2305, LogLevel.Error, "Temporary Link Accept Error ({Reason}), sleeping {Milliseconds}ms")]
    private partial void LogNotAccepted(string reason, int milliseconds);

    [LoggerMessage(2306, LogLevel.Error, "The link from {Peer} failed; it is made anew")]
    private partial void LogBroken(Exception exception, string? peer);

    [LoggerMessage(2302, LogLevel.Warning, "A call from {Peer} was refused: {Reason}")]
    private partial void LogRefused(string? peer, string reason);
}
