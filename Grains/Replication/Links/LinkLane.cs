using System.Net;
using System.Net.Sockets;
using Bayou.Grains.Replication.Peers;
using Microsoft.Extensions.Logging;

namespace Bayou.Grains.Replication.Links;

/// <summary>
/// The connection on which this silo sends to one peer on one lane: calls, greets, writes what waits, and calls again when the
/// connection breaks. A peer that refuses a call after a connection broke is no longer running, which is said at once.
/// </summary>
internal sealed partial class LinkLane(
    string peer, PeerLane lane, LinkOptions options, Func<EndPoint?> address, TimeProvider time, Action<long> onRefused, Action<long> onConnected, ILogger logger)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(20);

    private readonly OutboundFrames _frames = new(options.MaxQueuedBytes);
    private readonly byte[] _greeting = new LinkGreeting(lane, options.ClusterId, options.Name).Encode();
    private volatile bool _isConnected;
    private string? _lastReason;
    private bool _wasConnected;

    /// <summary>Drops the frame while there is no connection, and when too much waits.</summary>
    public void Send(ReadOnlySpan<byte> frame)
    {
        if (_isConnected)
        {
            _frames.TryAdd(frame);
        }
    }

    public async Task RunAsync(CancellationToken cancellation)
    {
        var pause = FirstPause;
        while (!cancellation.IsCancellationRequested)
        {
            var begun = time.GetTimestamp();
            try
            {
                using var socket = await ConnectAsync(cancellation);
                pause = FirstPause;
                _lastReason = null;
                _frames.Clear();
                _isConnected = true;
                onConnected(time.GetTimestamp());
                if (!_wasConnected && lane == PeerLane.Control)
                {
                    LogConnected(peer);
                }

                _wasConnected = true;
                await WriteAsync(socket, cancellation);
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception) when (exception is IOException or SocketException or TimeoutException or OperationCanceledException)
            {
                Report(exception, begun);
            }
            catch (Exception exception)
            {
                // Whatever it was: without this lane the peer would hear nothing more of this silo.
                LogFailed(exception, peer, lane);
            }
            finally
            {
                _isConnected = false;
            }

            await Task.Delay(pause, time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            pause = pause * 2 < options.MaxPause ? pause * 2 : options.MaxPause;
        }
    }

    private async Task<Socket> ConnectAsync(CancellationToken cancellation)
    {
        var target = address() ?? throw new IOException("its address is not known yet");
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            LinkSocket.SetUp(socket);
            using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            limited.CancelAfter(options.ConnectTimeout);
            await socket.ConnectAsync(target, limited.Token);
            await using var stream = new NetworkStream(socket, ownsSocket: false);
            await stream.WriteAsync(_greeting, limited.Token);
            if (await LinkGreeting.ReadAnswerAsync(stream, limited.Token) is { } refusal)
            {
                throw new IOException(refusal);
            }

            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private async Task WriteAsync(Socket socket, CancellationToken cancellation)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var closed = WatchAsync(socket, over);
        try
        {
            while (true)
            {
                var bytes = await _frames.TakeAsync(over.Token);
                while (!bytes.IsEmpty)
                {
                    bytes = bytes[await socket.SendAsync(bytes, over.Token)..];
                    if (!Thread.CurrentThread.IsThreadPoolThread)
                    {
                        // It waited, and goes on where all sockets are heard of: there may be much to send.
                        await Task.Yield();
                    }
                }
            }
        }
        finally
        {
            await over.CancelAsync();
            await closed;
        }
    }

    /// <summary>The other side never says anything after its welcome; when a read ends all the same, it is gone.</summary>
    private static async Task WatchAsync(Socket socket, CancellationTokenSource over)
    {
        try
        {
            await socket.ReceiveAsync(new byte[1], over.Token);
        }
        catch (Exception exception) when (exception is SocketException or OperationCanceledException)
        {
            // Either way the connection is over.
        }

        await over.CancelAsync();
    }

    private void Report(Exception exception, long begun)
    {
        if (exception is SocketException { SocketErrorCode: SocketError.ConnectionRefused })
        {
            onRefused(begun);
        }

        // The same reason again and again is no news.
        var reason = exception is OperationCanceledException ? "the connection was closed, or took too long" : exception.Message;
        if (reason != _lastReason)
        {
            _lastReason = reason;
            LogUnreachable(peer, lane, reason);
        }

        if (_wasConnected && lane == PeerLane.Control)
        {
            // The lanes break together, and one line says it.
            _wasConnected = false;
            LogLost(peer, reason);
        }
    }

    [LoggerMessage(2301, LogLevel.Debug, "No {Lane} link to peer {Peer}: {Reason}")]
    private partial void LogUnreachable(string peer, PeerLane lane, string reason);

    [LoggerMessage(2307, LogLevel.Error, "The {Lane} link to peer {Peer} failed; it is made anew")]
    private partial void LogFailed(Exception exception, string peer, PeerLane lane);

    [LoggerMessage(2303, LogLevel.Warning, "Lost peer {Peer}: {Reason}")]
    private partial void LogLost(string peer, string reason);

    [LoggerMessage(2304, LogLevel.Information, "Connected to peer {Peer}")]
    private partial void LogConnected(string peer);
}
