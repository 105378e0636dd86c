using Bayou.Gateway.Protocol;

namespace Bayou.Gateway.Connections;

/// <summary>
/// Asks a silent peer whether it is still there, and ends the connection when it does not answer, or when it does not say
/// in time who it is.
/// </summary>
internal sealed class LivenessTimer(Connection connection, Func<LivenessLimits> limits, TimeProvider time) : IDisposable
{
    private readonly Lock _gate = new();
    private ITimer? _timer;
    private bool _awaitsConnect;
    private bool _isDisposed;
    private int _unansweredCount;
    private long _pingSent;

    public void Start(bool awaitConnect)
    {
        lock (_gate)
        {
            _awaitsConnect = awaitConnect;
            TimeSpan due = awaitConnect ? limits().AuthTimeout : FirstPingDelay();
            _timer = time.CreateTimer(static state => ((LivenessTimer)state!).OnElapsed(), this, due, Timeout.InfiniteTimeSpan);
        }
    }

    public void OnConnected()
    {
        lock (_gate)
        {
            if (!_awaitsConnect) return;
            _awaitsConnect = false;
            Schedule(FirstPingDelay());
        }
    }

    public void OnPong()
    {
        lock (_gate)
        {
            _unansweredCount = 0;
            if (_pingSent != 0) connection.Statistics.RoundTripTime = time.GetElapsedTime(_pingSent);
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _isDisposed = true;
            _timer?.Dispose();
        }
    }

    private void OnElapsed()
    {
        ProtocolError error = Decide(out bool sendPing);
        if (error != ProtocolError.None) connection.Fail(error);
        else if (sendPing) connection.Send(ServerWriter.Ping);
    }

    private ProtocolError Decide(out bool sendPing)
    {
        lock (_gate)
        {
            sendPing = false;
            if (_isDisposed) return ProtocolError.None;
            if (_awaitsConnect) return ProtocolError.AuthenticationTimeout;
            LivenessLimits current = limits();
            bool hasMeasured = connection.Statistics.RoundTripTime > TimeSpan.Zero;
            bool isActive = time.GetUtcNow() - connection.Statistics.LastActivity < current.PingInterval;
            if (!hasMeasured || !isActive)
            {
                if (_unansweredCount + 1 > current.MaxPingsOut) return ProtocolError.StaleConnection;
                _unansweredCount++;
                _pingSent = time.GetTimestamp();
                sendPing = true;
            }

            Schedule(current.PingInterval);
            return ProtocolError.None;
        }
    }

    private void Schedule(TimeSpan due)
    {
        if (!_isDisposed) _timer?.Change(due, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Up to a fifth later, so that many clients that came together are not asked together.</summary>
    private TimeSpan FirstPingDelay()
    {
        LivenessLimits current = limits();
        TimeSpan first = current.PingInterval < current.FirstPing ? current.PingInterval : current.FirstPing;
        return first + (first * ((connection.Id.Value * 37 % 100) / 500.0));
    }
}
