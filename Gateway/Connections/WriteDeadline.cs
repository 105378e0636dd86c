namespace Bayou.Gateway.Connections;

/// <summary>Calls back when a write has been under way for too long.</summary>
internal sealed class WriteDeadline(TimeProvider time, TimeSpan duration, Action onExpired) : IDisposable
{
    private ITimer? _timer;

    public void Start()
    {
        _timer ??= time.CreateTimer(static state => ((Action)state!)(), onExpired, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _timer.Change(duration, Timeout.InfiniteTimeSpan);
    }

    public void Stop() => _timer?.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    public void Dispose() => _timer?.Dispose();
}
