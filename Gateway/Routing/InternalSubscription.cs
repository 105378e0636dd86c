namespace Bayou.Gateway.Routing;

/// <summary>A subscription of the server itself, made by <see cref="SubjectRouter.Subscribe"/>.</summary>
public sealed class InternalSubscription : Subscription
{
    internal InternalSubscription(byte[] subject, IInternalSubscriber subscriber, SubjectPredicate? predicate)
        : base(subject, queueGroup: null)
    {
        Subscriber = subscriber;
        Predicate = predicate;
    }

    internal IInternalSubscriber Subscriber { get; }

    internal SubjectPredicate? Predicate { get; }
}
