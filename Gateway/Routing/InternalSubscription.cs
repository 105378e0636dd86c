using Bayou.Gateway.Routes;

namespace Bayou.Gateway.Routing;

/// <summary>A subscription of the server itself, made by <see cref="SubjectRouter.Subscribe"/>.</summary>
public sealed class InternalSubscription : Subscription
{
    internal InternalSubscription(byte[] subject, IInternalSubscriber subscriber, SubjectPredicate? predicate, InterestScope scope)
        : base(subject, queueGroup: null)
    {
        Subscriber = subscriber;
        Predicate = predicate;
        Scope = scope;
    }

    /// <summary>Whose messages it takes.</summary>
    public InterestScope Scope { get; }

    internal IInternalSubscriber Subscriber { get; }

    internal SubjectPredicate? Predicate { get; }

    /// <summary>Whether it takes what comes over a route.</summary>
    internal bool Accepts(RouteConnection route) => Scope == InterestScope.Cluster || route.IsServed;
}
