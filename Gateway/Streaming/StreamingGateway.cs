using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Bayou.Gateway.Routing;
using Bayou.Gateway.Streaming.Partitioning;
using Bayou.Gateway.Streaming.Wire;
using Bayou.Grains.Interfaces;
using Bayou.Grains.Interfaces.Identity;
using Google.Protobuf;
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
    private readonly IGrainFactory _grains;
    private readonly ILocalChannels _locals;
    private readonly TimeProvider _time;
    private readonly ILogger<StreamingGateway> _logger;
    private readonly Partition? _partition;
    private readonly StreamingService _service;
    private readonly SessionCache _sessions;
    private readonly StreamingReplies _replies;
    private readonly GatewayObserver _observer;
    private readonly GatewayRegistration _registration;
    private IReadOnlyDictionary<string, AckInbox> _adopted = new Dictionary<string, AckInbox>();
    private IGatewayObserver? _reference;
    private volatile bool _isReady;

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
        _service = new StreamingService(router, options.RequestTimeout, time, partition is null ? InterestScope.ThisServer : InterestScope.Cluster);
        _subjects = new StanSubjects(options.ClusterId, options.DiscoverPrefix);
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

    /// <summary>Clients have been served.</summary>
    public bool HasServed => _service.Serving.IsCompleted;

    /// <summary>Clients are served: the grains can be called, and the cluster is within reach.</summary>
    public bool IsServing => _service.IsServing;

    /// <summary>Publishes that were answered with an error.</summary>
    internal long RefusedPublishCount => _replies.RefusedPublishCount;

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
        var publishes = new PublishSubscriber(new PublishRights(_subjects.PublishPrefix), _sessions, _replies, _grains, _locals, _service, _time, _logger, _partition);
        if (_partition is { } partition)
        {
            ListenFor(partition, publishes);
        }
        else
        {
            // Clients wait for a pub ack and for nothing else: to learn at once that nobody responds tells them nothing, an error in the ack does. And a channel
            // may have a majority where the cluster has none.
            _service.Keep(_subjects.PublishPrefix + ".>", publishes);
            _service.Keep("_INBOX.*", new AckSubscriber(_grains, _service.Serving, _time, _logger), AckInbox.Matches);
        }

        // An error would end the client for good, and it counts silence: without the cluster pings are answered as long as nothing is known against it.
        _service.Keep(_subjects.Pings, Requests(session.PingAsync, refusal: null));
    }

    /// <summary>
    /// Takes acks on inboxes that another server gave to clients whose sessions were brought here from it. Before <see cref="Serve"/>.
    /// </summary>
    public void Adopt(IReadOnlyDictionary<string, AckInbox> inboxes)
    {
        _adopted = inboxes;
        foreach (var (subject, inbox) in inboxes)
        {
            _service.Keep(subject, new AckSubscriber(_grains, _service.Serving, _time, _logger, inbox));
        }
    }

    /// <summary>Begins to serve clients.</summary>
    public void Serve()
    {
        var session = CreateSessionRequests();
        var subscription = new SubscriptionRequests(_sessions, _grains, _adopted, _time, _partition);
        _service.Offer(_subjects.Close, Requests(session.CloseAsync, static error => new CloseResponse { Error = error }, afterPublishes: true));
        _service.Offer(_subjects.Subscribe, Requests(subscription.SubscribeAsync, RefuseSubscription));
        _service.Offer(_subjects.Unsubscribe, Requests(subscription.UnsubscribeAsync, RefuseSubscription, afterPublishes: true));
        _service.Offer(_subjects.SubscriptionClose, Requests(subscription.CloseAsync, RefuseSubscription, afterPublishes: true));
        _service.Begin();

        // Last: whoever is welcomed finds everything else there.
        _service.Offer(_subjects.Discover, Requests(session.ConnectAsync, static error => new ConnectResponse { Error = error }));
    }

    /// <summary>Ceases to serve; requests from here on get no-responders.</summary>
    public void StopListening() => _service.End();

    /// <summary>
    /// The cluster is out of reach: what needs it gets no-responders at once, and requests under way get an error.
    /// </summary>
    public void Withdraw() => _service.Withdraw();

    /// <summary>The cluster is within reach again.</summary>
    public void Restore() => _service.Restore();

    /// <summary>Ceases to serve, and lets the registration lapse.</summary>
    public Task StopAsync()
    {
        StopListening();
        return _reference is null ? Task.CompletedTask : _registration.StopAsync();
    }

    public void Dispose()
    {
        _registration.Dispose();
        _service.Dispose();
    }

    private static SubscriptionResponse RefuseSubscription(string error) => new() { Error = error };

    private SessionRequests CreateSessionRequests() => new(_subjects, _sessions, _grains, _service.Serving, _time);

    private RequestSubscriber Requests(Func<StreamingRequest, Task> handle, Func<string, IMessage>? refusal, bool afterPublishes = false) =>
        new(_service, _replies, handle, refusal, afterPublishes, _logger);

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
            _service.Offer(
                $"{_subjects.PublishPrefix}.{partition.Channels[place]}",
                publishes,
                subject => partition.PlaceOf(Encoding.UTF8.GetString(subject[prefixLength..])) == place);
        }

        _service.Keep(partition.AckSubject, new AckSubscriber(_grains, _service.Serving, _time, _logger, prefixLength: partition.AckPrefixLength));
    }
}
