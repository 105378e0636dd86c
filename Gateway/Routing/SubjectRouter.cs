using Bayou.Gateway.Protocol;
using Bayou.Gateway.Routes;

namespace Bayou.Gateway.Routing;

/// <summary>The server's routing: who subscribed to what. One per server.</summary>
public sealed class SubjectRouter
{
    private readonly LocalInterest? _interest;
    private ulong _publisherCount;

    /// <summary>Of a server that is alone.</summary>
    public SubjectRouter()
    {
    }

    /// <param name="interest">Tells other servers what is subscribed to here; null where there are none.</param>
    internal SubjectRouter(LocalInterest? interest) => _interest = interest;

    internal SubjectTree Tree { get; } = new();

    /// <summary>Subscribes a part of this server.</summary>
    /// <param name="subject">A subject or pattern.</param>
    /// <param name="subscriber">Gets the messages, on the publishers' threads.</param>
    /// <param name="predicate">Narrows the pattern down; null takes all that matches.</param>
    /// <param name="scope">Whose messages it takes.</param>
    /// <exception cref="ArgumentException">The subject is not one that can be subscribed to.</exception>
    public InternalSubscription Subscribe(
        ReadOnlySpan<byte> subject,
        IInternalSubscriber subscriber,
        SubjectPredicate? predicate = null,
        InterestScope scope = InterestScope.ThisServer)
    {
        if (!SubjectRules.IsValid(subject)) throw new ArgumentException("The subject has an empty token or a wildcard in the wrong place.", nameof(subject));
        var subscription = new InternalSubscription(subject.ToArray(), subscriber, predicate, scope);
        Add(subscription);
        return subscription;
    }

    /// <summary>Ends a subscription. Publishers that matched before may call its subscriber for a moment longer.</summary>
    public void Unsubscribe(InternalSubscription subscription) => Remove(subscription);

    /// <summary>A publisher for one thread of control.</summary>
    public InternalPublisher CreatePublisher() => new(CreateDispatcher());

    /// <summary>Adds a subscription of this server or of one of its clients; other servers hear of it when it can be served.</summary>
    internal void Add(Subscription subscription)
    {
        Tree.Insert(subscription);
        _interest?.Add(subscription);
    }

    /// <summary>Removes what <see cref="Add"/> added; nothing happens where that was done before.</summary>
    internal void Remove(Subscription subscription)
    {
        if (Tree.Remove(subscription)) _interest?.Remove(subscription);
    }

    internal MessageDispatcher CreateDispatcher() => new(Tree, Interlocked.Increment(ref _publisherCount) * 0x9E3779B97F4A7C15);
}
