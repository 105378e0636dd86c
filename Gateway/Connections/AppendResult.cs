namespace Bayou.Gateway.Connections;

/// <summary>What an append to an <see cref="OutboundQueue"/> did.</summary>
internal enum AppendResult
{
    /// <summary>Nothing: the connection is closed or the subscription has ended.</summary>
    Refused,

    /// <summary>The bytes are queued, and somebody else will write them.</summary>
    Queued,

    /// <summary>The bytes are queued, and the caller owes a <see cref="OutboundQueue.Flush"/>.</summary>
    FlushOwed,

    /// <summary>The bytes are queued beyond the limit: the client is a slow consumer and must be closed.</summary>
    Overflow,
}
