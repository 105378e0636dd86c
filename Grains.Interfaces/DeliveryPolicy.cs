namespace Bayou.Grains.Interfaces;

/// <summary>How the messages of a channel are delivered where clients cannot say it themselves (<c>bayou { channels { } }</c>).</summary>
public sealed record DeliveryPolicy
{
    /// <summary>What NATS Streaming does.</summary>
    public static readonly DeliveryPolicy Default = new();

    /// <summary>
    /// How long the ack of a message is waited for before its first redelivery, its second and so on; the last value holds for all further ones
    /// (<c>redelivery_waits</c>). A subscriber's own ack wait is kept where it is longer. Default none: always the ack wait. A new leader of the channel
    /// does not know how often a message came before, and begins with the second.
    /// </summary>
    public IReadOnlyList<TimeSpan> RedeliveryWaits { get; init; } = [];

    /// <summary>
    /// Whether one member of a queue group gets everything, the one that has been there longest, and the next one when it leaves or ceases to answer
    /// heartbeats (<c>single_active</c>). So messages are worked on in order, with others standing by. Default no.
    /// </summary>
    public bool IsSingleActive { get; init; }

    /// <summary>How long to wait for the ack of a message that was redelivered so many times.</summary>
    public TimeSpan WaitAfter(uint redeliveries, TimeSpan ackWait)
    {
        if (RedeliveryWaits.Count == 0)
        {
            return ackWait;
        }

        var wait = RedeliveryWaits[(int)Math.Min(redeliveries, (uint)RedeliveryWaits.Count - 1)];
        return wait > ackWait ? wait : ackWait;
    }
}
