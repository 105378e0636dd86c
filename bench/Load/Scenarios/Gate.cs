namespace Bayou.Load.Scenarios;

/// <summary>
/// A count that one thread advances and others wait for: acknowledged publishes against a window, or what a subscriber
/// has received against a publisher that runs ahead.
/// </summary>
public sealed class Gate(TimeSpan patience)
{
    private readonly object _monitor = new();
    private long _value;
    private int _waiting;
    private bool _aborted;

    /// <summary>The count as last advanced.</summary>
    public long Value => Volatile.Read(ref _value);

    /// <summary>Moves the count forward. Called once per read batch, not per message.</summary>
    public void Advance(long value)
    {
        Interlocked.Exchange(ref _value, value);
        if (Volatile.Read(ref _waiting) == 0)
            return;
        lock (_monitor)
            Monitor.PulseAll(_monitor);
    }

    /// <summary>Blocks until the count has reached <paramref name="target"/>.</summary>
    public void WaitFor(long target)
    {
        if (Value >= target)
            return;
        lock (_monitor)
        {
            Interlocked.Increment(ref _waiting);
            try
            {
                while (Value < target)
                    WaitOnce(target);
            }
            finally
            {
                Interlocked.Decrement(ref _waiting);
            }
        }
    }

    /// <summary>Fails all who wait, now and later.</summary>
    public void Abort()
    {
        lock (_monitor)
        {
            _aborted = true;
            Monitor.PulseAll(_monitor);
        }
    }

    private void WaitOnce(long target)
    {
        long before = Value;
        bool pulsed = !_aborted && Monitor.Wait(_monitor, patience);
        if (_aborted)
            throw new LoadException("Stopped because another part of the run failed.");
        if (!pulsed && Value == before)
            throw new LoadException($"Stuck at {before} for {patience.TotalSeconds:0.#} s while waiting for {target}.");
    }
}
