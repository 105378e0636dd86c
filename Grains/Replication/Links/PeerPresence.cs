namespace Bayou.Grains.Replication.Links;

/// <summary>
/// Tells from the calls to a peer when its process is gone: nobody listens where a moment ago somebody did. Lanes call independently of each other, so the
/// refusal of a call may come to be known only after a later call of another lane has reached a new process. Any thread.
/// </summary>
internal sealed class PeerPresence
{
    private readonly Lock _gate = new();
    private long? _connectedAt;

    /// <summary>A call was taken.</summary>
    /// <param name="now">A timestamp of the same clock as that of the calls.</param>
    public void OnConnected(long now)
    {
        lock (_gate)
        {
            _connectedAt = now;
        }
    }

    /// <summary>A call was refused. True if that means that the process is gone, and is news.</summary>
    /// <param name="begun">When the call was made.</param>
    public bool OnRefused(long begun)
    {
        lock (_gate)
        {
            if (_connectedAt is not { } connected || begun < connected)
            {
                return false;
            }

            _connectedAt = null;
            return true;
        }
    }
}
