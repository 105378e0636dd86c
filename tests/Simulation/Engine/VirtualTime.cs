namespace Bayou.Simulation.Engine;

/// <summary>The time that a process sees; its timers are events of that process.</summary>
public sealed class VirtualTime(VirtualClock clock, VirtualProcess process) : TimeProvider
{
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override long GetTimestamp() => clock.Timestamp;

    public override DateTimeOffset GetUtcNow() => clock.UtcNow;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(callback);
        var timer = new VirtualTimer(clock, process, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class VirtualTimer(VirtualClock clock, VirtualProcess process, Action callback) : ITimer
    {
        private TimeSpan _period;
        private int _version;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            // What was scheduled before finds another version and does nothing.
            var version = ++_version;
            _period = period;
            if (dueTime != Timeout.InfiniteTimeSpan)
            {
                process.Schedule(clock.ToLoopTime(dueTime), () => Fire(version));
            }

            return true;
        }

        public void Dispose() => _version++;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        private void Fire(int version)
        {
            if (version != _version)
            {
                return;
            }

            if (_period > TimeSpan.Zero)
            {
                process.Schedule(clock.ToLoopTime(_period), () => Fire(version));
            }

            callback();
        }
    }
}
