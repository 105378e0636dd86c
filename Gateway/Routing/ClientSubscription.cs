using Bayou.Gateway.Connections;

namespace Bayou.Gateway.Routing;

/// <summary>A client's <c>SUB</c>. Its counters are guarded by the lock of the connection's outbound queue.</summary>
internal sealed class ClientSubscription(ClientConnection connection, byte[] subject, byte[]? queueGroup, byte[] sid)
    : Subscription(subject, queueGroup)
{
    public ClientConnection Connection { get; } = connection;

    /// <summary>The client's name for it, repeated in every message.</summary>
    public byte[] Sid { get; } = sid;

    /// <summary>False once nothing more may be delivered, even to a publisher that holds an older match.</summary>
    public bool IsActive { get; set; } = true;

    /// <summary>Messages delivered so far.</summary>
    public long DeliveredCount { get; set; }

    /// <summary>Messages after which it ends by itself; 0 for no limit.</summary>
    public long MaxDeliveries { get; set; }
}
