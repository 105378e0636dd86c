namespace Bayou.Gateway.Monitoring;

/// <summary>How busy this process was since it was last asked, in per cent of one core.</summary>
internal sealed class CpuUsage(TimeProvider time)
{
    private readonly Lock _gate = new();
    private long _lastAsked = time.GetTimestamp();
    private TimeSpan _lastUsed = Environment.CpuUsage.TotalTime;
    private double _percent;

    public double Measure()
    {
        lock (_gate)
        {
            TimeSpan elapsed = time.GetElapsedTime(_lastAsked);
            if (elapsed < TimeSpan.FromMilliseconds(100)) return _percent;
            TimeSpan used = Environment.CpuUsage.TotalTime;
            _percent = Math.Round(100 * ((used - _lastUsed) / elapsed), 1);
            _lastAsked = time.GetTimestamp();
            _lastUsed = used;
            return _percent;
        }
    }
}
