using System.Text;
using Bayou.Gateway.Routing;

namespace Bayou.Gateway.Streaming;

/// <summary>
/// The one that knows whether the streaming side is there for clients, and holds its subscriptions. Those that are of no use without a cluster
/// behind them are withdrawn while that is out of reach, so that core NATS tells clients at once that nobody responds; and whoever waits
/// for an answer at that moment is told so. Any thread.
/// </summary>
internal sealed class StreamingService(SubjectRouter router, TimeSpan requestTimeout, TimeProvider time, InterestScope scope = InterestScope.ThisServer) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly List<InternalSubscription> _kept = [];
    private readonly List<InternalSubscription> _offered = [];
    private readonly TaskCompletionSource _serving = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private CancellationTokenSource _withdrawal = new();
    private bool _hasEnded;

    /// <summary>Completes when the grains behind it can be called for the first time.</summary>
    public Task Serving => _serving.Task;

    /// <summary>Cancelled when the cluster is out of reach; once it is back, another token takes its place.</summary>
    public CancellationToken Withdrawn => Volatile.Read(ref _withdrawal).Token;

    /// <summary>Requests for something new are heard and can be answered.</summary>
    public bool IsServing
    {
        get
        {
            lock (_gate)
            {
                return Serving.IsCompleted && !_hasEnded && !Withdrawn.IsCancellationRequested;
            }
        }
    }

    /// <summary>The time that a request gets.</summary>
    public RequestLimit NewLimit() => new(requestTimeout, time, Withdrawn);

    /// <summary>Listens until the end, with a cluster or without.</summary>
    public void Keep(string subject, IInternalSubscriber subscriber, SubjectPredicate? predicate = null) =>
        Listen(_kept, subject, subscriber, predicate);

    /// <summary>Listens while the cluster is within reach.</summary>
    public void Offer(string subject, IInternalSubscriber subscriber, SubjectPredicate? predicate = null)
    {
        lock (_gate)
        {
            var subscription = Listen(_offered, subject, subscriber, predicate);
            if (Withdrawn.IsCancellationRequested)
            {
                router.Unsubscribe(subscription);
            }
        }
    }

    /// <summary>Says that the grains can be called.</summary>
    public void Begin() => _serving.SetResult();

    /// <summary>The cluster is out of reach.</summary>
    public void Withdraw()
    {
        lock (_gate)
        {
            _offered.ForEach(router.Unsubscribe);
            _withdrawal.Cancel();
        }
    }

    /// <summary>The cluster is within reach again.</summary>
    public void Restore()
    {
        lock (_gate)
        {
            if (!Withdrawn.IsCancellationRequested)
            {
                return;
            }

            // The former one is not disposed of: somebody may be about to ask for its token.
            Volatile.Write(ref _withdrawal, new CancellationTokenSource());
            if (!_hasEnded)
            {
                _offered.ForEach(router.Add);
            }
        }
    }

    /// <summary>Listens to nobody any more. What is under way goes on.</summary>
    public void End()
    {
        lock (_gate)
        {
            _hasEnded = true;
            _offered.ForEach(router.Unsubscribe);
            _kept.ForEach(router.Unsubscribe);
        }
    }

    public void Dispose() => _withdrawal.Dispose();

    private InternalSubscription Listen(List<InternalSubscription> list, string subject, IInternalSubscriber subscriber, SubjectPredicate? predicate)
    {
        lock (_gate)
        {
            var subscription = router.Subscribe(Encoding.UTF8.GetBytes(subject), subscriber, predicate, scope);
            list.Add(subscription);
            return subscription;
        }
    }
}
