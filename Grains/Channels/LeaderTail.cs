using Bayou.Grains.Channels.Log;
using Bayou.Grains.Interfaces;
using Bayou.Records;
using Bayou.Storage;

namespace Bayou.Grains.Channels;

/// <summary>
/// The leader's speculative end of a channel: where it will stand once everything proposed is applied. Sequences, timestamps and
/// retention are decided here, once, and are entries of the log from then on.
/// </summary>
internal sealed class LeaderTail(ChannelStateMachine machine, ChannelLog log, ChannelLimits limits, int nameBytes)
{
    /// <summary>What one trim takes at most, so that a long pause, or a limit that was lowered, does not make for a long turn.</summary>
    private const int MaxPerTrim = 10_000;

    private readonly Queue<RecordBatch> _proposed = new();
    private RetentionCursor? _oldest;
    private ulong _nextSequence = machine.LastSequence + 1;
    private ulong _firstSequence = machine.FirstSequence;
    private long _lastTimestamp = machine.LastTimestamp;
    private ulong _bytes = machine.Bytes;

    private RetentionCursor Oldest => _oldest ??= new RetentionCursor(log, _proposed, nameBytes);

    /// <summary>Gives a batch its place behind the last one. Time never goes back within a channel.</summary>
    public void Stamp(Memory<byte> bytes, ulong term, long now)
    {
        _lastTimestamp = Math.Max(_lastTimestamp, now);
        RecordBatchStamp.Apply(bytes, _nextSequence, _lastTimestamp, term, accountedBytes: 0);
        var batch = ChannelReplica.Read(bytes);
        var accounted = Accounting.SizeOf(batch, nameBytes);
        RecordBatchStamp.Apply(bytes, _nextSequence, _lastTimestamp, term, accounted);
        _nextSequence += (ulong)batch.Count;
        _bytes += accounted;
        _proposed.Enqueue(batch);
    }

    /// <summary>A batch is in the segments now.</summary>
    public void OnApplied(in RecordBatch batch)
    {
        if (_proposed.TryPeek(out var oldest) && oldest.BaseSequence == batch.BaseSequence)
        {
            _proposed.Dequeue();
        }
    }

    /// <summary>
    /// What is over the limits on number and size now, oldest first; the newest message always stays. Damaged messages, and all behind
    /// them, stay until they are mended: nobody knows how large they are.
    /// </summary>
    public Trim? TakeExcess()
    {
        var last = _nextSequence - 1;
        var first = _firstSequence;
        var removed = 0UL;
        while (first < last && first - _firstSequence < MaxPerTrim
            && limits.AreExceededBy((long)(_nextSequence - first), _bytes - removed) && Oldest.TryFind(first, out var size, out _))
        {
            removed += size;
            first++;
        }

        return TrimTo(first, removed);
    }

    /// <summary>What is older than the limit on age, oldest first; the newest message goes too.</summary>
    public Trim? TakeExpired(long now)
    {
        if (limits.MaxAge <= TimeSpan.Zero)
        {
            return null;
        }

        var oldestAllowed = now - (limits.MaxAge.Ticks * 100);
        var first = _firstSequence;
        var removed = 0UL;
        while (first < _nextSequence && first - _firstSequence < MaxPerTrim
            && Oldest.TryFind(first, out var size, out var timestamp) && timestamp < oldestAllowed)
        {
            removed += size;
            first++;
        }

        return TrimTo(first, removed);
    }

    /// <summary>
    /// What is below a sequence, oldest first. If that is all there is, it goes at once, damaged messages too: all that is left is what they take.
    /// </summary>
    public Trim? TakeBelow(ulong wanted)
    {
        if (wanted >= _nextSequence)
        {
            return TrimTo(_nextSequence, _bytes);
        }

        var first = _firstSequence;
        var removed = 0UL;
        while (first < wanted && first - _firstSequence < MaxPerTrim && Oldest.TryFind(first, out var size, out _))
        {
            removed += size;
            first++;
        }

        return TrimTo(first, removed);
    }

    /// <summary>How long until the oldest message expires; null for never.</summary>
    public TimeSpan? UntilExpiry(long now)
    {
        if (limits.MaxAge <= TimeSpan.Zero || _firstSequence >= _nextSequence)
        {
            return null;
        }

        if (!Oldest.TryFind(_firstSequence, out _, out var timestamp))
        {
            return TimeSpan.Zero;
        }

        var age = new TimeSpan((now - timestamp) / 100);
        return age >= limits.MaxAge ? TimeSpan.Zero : limits.MaxAge - age;
    }

    /// <summary>The reign is over.</summary>
    public void End() => _oldest?.Dispose();

    private Trim? TrimTo(ulong first, ulong removed)
    {
        if (first == _firstSequence)
        {
            return null;
        }

        _firstSequence = first;
        _bytes -= removed;
        return new Trim { FirstSequence = first, Bytes = removed };
    }
}
