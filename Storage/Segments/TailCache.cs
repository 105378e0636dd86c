using System.Collections.Concurrent;

namespace Bayou.Storage.Segments;

/// <summary>
/// Bounds what all channels together keep in memory: the oldest batch of the silo goes first, whichever channel it belongs to.
/// </summary>
internal sealed class TailCache(long capacity)
{
    private readonly ConcurrentQueue<(ChannelLog Log, ulong Last)> _byAge = [];
    private long _bytes;

    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>Counts a batch in and lets the oldest ones go. Must be called without a channel's lock: it takes those of others.</summary>
    public void Add(ChannelLog log, ulong last, int bytes)
    {
        _byAge.Enqueue((log, last));
        Interlocked.Add(ref _bytes, bytes);
        while (Bytes > capacity && _byAge.TryDequeue(out var oldest))
        {
            oldest.Log.EvictThrough(oldest.Last);
        }
    }

    /// <summary>Counts out what a channel has let go.</summary>
    public void Remove(long bytes) => Interlocked.Add(ref _bytes, -bytes);
}
