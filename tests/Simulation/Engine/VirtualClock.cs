namespace Bayou.Simulation.Engine;

/// <summary>
/// The clock of one machine: it runs a little too fast or too slow, and its wall time may jump. What it measures (the timestamp) never
/// goes back. A restart of a process does not touch it.
/// </summary>
public sealed class VirtualClock(EventLoop loop, DateTimeOffset start, double rate = 1)
{
    private TimeSpan _offset;

    /// <summary>Monotonic time in units of 100 ns.</summary>
    public long Timestamp => (long)(loop.Now.Ticks * rate);

    public DateTimeOffset UtcNow => start + _offset + new TimeSpan(Timestamp);

    /// <summary>Sets the wall clock forward, or back.</summary>
    public void Jump(TimeSpan by) => _offset += by;

    /// <summary>How long the loop takes for what this clock measures as <paramref name="duration"/>; never less.</summary>
    public TimeSpan ToLoopTime(TimeSpan duration) => new((long)Math.Ceiling(duration.Ticks / rate));
}
