namespace Bayou.Grains.Replication;

/// <summary>
/// Checkpoints that replicas ask for, because one of them has to forget something on disk before the journal is long enough. Many that ask
/// together get one.
/// </summary>
internal sealed class CheckpointRequests
{
    /// <summary>Damage is rarely alone: what is mended soon after goes into the next.</summary>
    private static readonly long Pause = TimeSpan.FromSeconds(2).Ticks;

    private int _isWanted;
    private long _notBefore;

    /// <summary>Any thread.</summary>
    public void Want() => Volatile.Write(ref _isWanted, 1);

    /// <summary>Whether one is to be taken now; asked regularly, by one thread at a time.</summary>
    public bool TryTake(long now)
    {
        if (now < _notBefore || Interlocked.Exchange(ref _isWanted, 0) == 0)
        {
            return false;
        }

        _notBefore = now + Pause;
        return true;
    }
}
