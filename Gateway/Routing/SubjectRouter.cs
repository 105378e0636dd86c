using Bayou.Gateway.Protocol;

namespace Bayou.Gateway.Routing;

/// <summary>The server's routing: who subscribed to what. One per server.</summary>
public sealed class SubjectRouter
{
    private ulong _publisherCount;

    internal SubjectTree Tree { get; } = new();

    /// <summary>Subscribes a part of this server.</summary>
    /// <param name="subject">A subject or pattern.</param>
    /// <param name="subscriber">Gets the messages, on the publishers' threads.</param>
    /// <param name="predicate">Narrows the pattern down; null takes all that matches.</param>
    /// <exception cref="ArgumentException">The subject is not one that can be subscribed to.</exception>
    public InternalSubscription Subscribe(ReadOnlySpan<byte> subject, IInternalSubscriber subscriber, SubjectPredicate? predicate = null)
    {
        if (!SubjectRules.IsValid(subject)) throw new ArgumentException("The subject has an empty token or a wildcard in the wrong place.", nameof(subject));
        var subscription = new InternalSubscription(subject.ToArray(), subscriber, predicate);
        Tree.Insert(subscription);
        return subscription;
    }

    /// <summary>Ends a subscription. Publishers that matched before may call its subscriber for a moment longer.</summary>
    public void Unsubscribe(InternalSubscription subscription) => Tree.Remove(subscription);

    /// <summary>A publisher for one thread of control.</summary>
    public InternalPublisher CreatePublisher() => new(CreateDispatcher());

    internal MessageDispatcher CreateDispatcher() => new(Tree, Interlocked.Increment(ref _publisherCount) * 0x9E3779B97F4A7C15);
}
