using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Bayou.Gateway.Routing;
using Bayou.Gateway.Streaming.Partitioning;
using Bayou.Grains.Interfaces;
using Bayou.Grains.Interfaces.Identity;
using Microsoft.Extensions.Logging;

namespace Bayou.Gateway.Streaming;

/// <summary>
/// The streaming side of a gateway: listens on the STAN subjects, as one more subscriber of core NATS, and turns requests into
/// grain calls. Requests for something new are heard only while it can serve: until then clients get no-responders at once instead of
/// silence.
/// </summary>
public sealed class StreamingGateway : ILocalGateway, IDisposable
{
    private readonly StanSubjects _subjects;
    private readonly SubjectRouter _router;
    private readonly IGrainFactory _grains;
    private readonly ILocalChannels _locals;
    private readonly TimeProvider _time;
    private readonly ILogger<StreamingGateway> _logger;
    private readonly Partition? _partition;
    private readonly InterestScope _scope;
    private readonly SessionCache _sessions;
    private readonly StreamingReplies _replies;
    private readonly GatewayObserver _observer;
    private readonly GatewayRegistration _registration;
    private readonly List<InternalSubscription> _subscriptions = [];
    private IReadOnlyDictionary<string, AckInbox> _adopted = new Dictionary<string, AckInbox>();
    private IGatewayObserver? _reference;
    private volatile bool _isReady;
    private readonly TaskCompletionSource _serving = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>With a <paramref name="partition"/> it answers the clients of all servers, for its channels alone.</summary>
    public StreamingGateway(
        StreamingOptions options,
        SubjectRouter router,
        IGrainFactory grains,
        ILocalChannels locals,
        TimeProvider time,
        ILogger<StreamingGateway> logger,
        Partition? partition = null)
    {
        _partition = partition;
        _scope = partition is null ? InterestScope.ThisServer : InterestScope.Cluster;
        _subjects = new StanSubjects(options.ClusterId, options.DiscoverPrefix);
        _router = router;
        _grains = grains;
        _locals = locals;
        _time = time;
        _logger = logger;
        Id = NewId();
        _sessions = new SessionCache(grains, () => _registration!.IsCurrent, time) { Patience = partition is null ? TimeSpan.Zero : Partition.Patience };
        _registration = new GatewayRegistration(Id, grains.GetGrain<IGatewayRegistryGrain>(0), _sessions.Clear, time, logger);
        _replies = new StreamingReplies(router);

        // Orleans holds observers weakly: this field is what keeps ours.
        _observer = new GatewayObserver(_sessions, _replies, new InboxRequests(Id, _replies, router, time), time, logger);
    }

    /// <summary>This run of the gateway.</summary>
    public GatewayId Id { get; }

    IGatewayObserver? ILocalGateway.Current => _isReady ? _observer : null;

    /// <summary>Makes this gateway known to the grains, so that subscriptions can deliver through it.</summary>
    public Task RegisterAsync()
    {
        _isReady = true;
        _reference = _grains.CreateObjectReference<IGatewayObserver>(_observer);
        return _registration.StartAsync(_reference);
    }

    /// <summary>
    /// Takes what clients send whose session is open: they may have come here from a server that was lost, before this one can serve.
    /// Publishes and acks wait until it can.
    /// </summary>
    public void Accept()
    {
        var session = CreateSessionRequests();
        var publishes = new PublishSubscriber(_sessions, _replies, _grains, _locals, _serving.Task, _time, _logger, _partition);
        if (_partition is { } partition)
        {
            ListenFor(partition, publishes);
        }
        else
        {
            Listen(_subjects.PublishPrefix + ".>", publishes);
            Listen("_INBOX.*", new AckSubscriber(_grains, _serving.Task, _time, _logger), AckInbox.Matches);
        }

        Listen(_subjects.Pings, session.PingAsync);
    }

    /// <summary>
    /// Takes acks on inboxes that another server gave to clients whose sessions were brought here from it. Before <see cref="Serve"/>.
    /// </summary>
    public void Adopt(IReadOnlyDictionary<string, AckInbox> inboxes)
    {
        _adopted = inboxes;
        foreach (var (subject, inbox) in inboxes)
        {
            Listen(subject, new AckSubscriber(_grains, _serving.Task, _time, _logger, inbox));
        }
    }

    /// <summary>Begins to serve clients.</summary>
    public void Serve()
    {
        var session = CreateSessionRequests();
        var subscription = new SubscriptionRequests(_sessions, _replies, _grains, _adopted, _time, _partition);
        Listen(_subjects.Close, session.CloseAsync, afterPublishes: true);
        Listen(_subjects.Subscribe, subscription.SubscribeAsync);
        Listen(_subjects.Unsubscribe, subscription.UnsubscribeAsync, afterPublishes: true);
        Listen(_subjects.SubscriptionClose, subscription.CloseAsync, afterPublishes: true);
        _serving.SetResult();

        // Last: whoever is welcomed finds everything else there.
        Listen(_subjects.Discover, session.ConnectAsync);
    }

    /// <summary>Ceases to serve; requests from here on get no-responders.</summary>
    public void StopListening()
    {
        foreach (var subscription in _subscriptions)
        {
            _router.Unsubscribe(subscription);
        }

        _subscriptions.Clear();
    }

    /// <summary>Ceases to serve, and lets the registration lapse.</summary>
    public Task StopAsync()
    {
        StopListening();
        return _reference is null ? Task.CompletedTask : _registration.StopAsync();
    }

    public void Dispose() => _registration.Dispose();

    private SessionRequests CreateSessionRequests() => new(_subjects, _sessions, _replies, _grains, _serving.Task, _time);

    private static GatewayId NewId()
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        RandomNumberGenerator.Fill(bytes);
        return new GatewayId(BinaryPrimitives.ReadUInt64LittleEndian(bytes));
    }

    /// <summary>Where nobody listens, publishers of foreign channels learn from core NATS that there is no responder.</summary>
    private void ListenFor(Partition partition, PublishSubscriber publishes)
    {
        var prefixLength = _subjects.PublishPrefix.Length + 1;
        for (var i = 0; i < partition.Channels.Count; i++)
        {
            var place = i;
            Listen(
                $"{_subjects.PublishPrefix}.{partition.Channels[place]}",
                publishes,
                subject => partition.PlaceOf(Encoding.UTF8.GetString(subject[prefixLength..])) == place);
        }

        Listen(partition.AckSubject, new AckSubscriber(_grains, _serving.Task, _time, _logger, prefixLength: partition.AckPrefixLength));
    }

    private void Listen(string subject, Func<StreamingRequest, Task> handle, bool afterPublishes = false) =>
        Listen(subject, new RequestSubscriber(handle, afterPublishes, _logger));

    private void Listen(string subject, IInternalSubscriber subscriber, SubjectPredicate? predicate = null) =>
        _subscriptions.Add(_router.Subscribe(Encoding.UTF8.GetBytes(subject), subscriber, predicate, _scope));
}
