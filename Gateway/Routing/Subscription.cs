namespace Bayou.Gateway.Routing;

/// <summary>Something in the subject tree that receives messages: a client's subscription or one of the server itself.</summary>
public abstract class Subscription
{
    private protected Subscription(byte[] subject, byte[]? queueGroup)
    {
        Subject = subject;
        QueueGroup = queueGroup;
    }

    /// <summary>The pattern, as subscribed.</summary>
    internal byte[] Subject { get; }

    /// <summary>Name of the queue group; null for a plain subscription.</summary>
    internal byte[]? QueueGroup { get; }

    /// <summary>Whether the subject tree holds it. Guarded by the tree's lock.</summary>
    internal bool IsInTree { get; set; }
}
