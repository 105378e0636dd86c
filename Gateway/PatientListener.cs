using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace Bayou.Gateway;

/// <summary>
/// Accepts while there is room, and otherwise looks again after growing pauses, as nats-server does. Who calls meanwhile waits in the
/// system's queue.
/// </summary>
/// <remarks>
/// It never lets the process run out of descriptors: Kestrel would try to accept again and again without a pause, on the thread that
/// hears of sockets, and so would not even notice that somebody hung up.
/// </remarks>
internal sealed partial class PatientListener(
    IConnectionListener inner, string kind, ConnectionRoom room, TimeProvider time, ILogger<PatientListener> logger) : IConnectionListener
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _unbound = new();

    public EndPoint EndPoint => inner.EndPoint;

    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        await WaitForRoomAsync(cancellationToken);
        ConnectionContext? accepted = null;
        try
        {
            accepted = await inner.AcceptAsync(cancellationToken);
        }
        finally
        {
            if (accepted is null) room.Release();
        }

        // Many may have called at once, and the thread that hears of sockets is for all of them.
        if (!Thread.CurrentThread.IsThreadPoolThread) await Task.Yield();
        return accepted;
    }

    public async ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        await inner.UnbindAsync(cancellationToken);
        await _unbound.CancelAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await inner.DisposeAsync();
        _unbound.Dispose();
    }

    /// <summary>Takes room, though maybe more than there is when nothing is listened for any more.</summary>
    private async ValueTask WaitForRoomAsync(CancellationToken cancellationToken)
    {
        for (TimeSpan pause = FirstPause; !room.TryTake(); pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            LogNoRoom(kind, (int)pause.TotalMilliseconds);
            using var over = CancellationTokenSource.CreateLinkedTokenSource(_unbound.Token, cancellationToken);
            await Task.Delay(pause, time, over.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellationToken.ThrowIfCancellationRequested();
            if (!_unbound.IsCancellationRequested) continue;
            room.Take();
            return;
        }
    }

    [LoggerMessage(1311, LogLevel.Error, "Temporary {Kind} Accept Error (too many open files), sleeping {Milliseconds}ms")]
    private partial void LogNoRoom(string kind, int milliseconds);
}
