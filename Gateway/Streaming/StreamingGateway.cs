using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Bayou.Gateway.Routing;
using Bayou.Grains.Interfaces;
using Bayou.Grains.Interfaces.Identity;
using Microsoft.Extensions.Logging;

namespace Bayou.Gateway.Streaming;

/// <summary>
/// The streaming side of a gateway: listens on the STAN subjects, as one more subscriber of core NATS, and turns requests into
/// grain calls. It listens only while it can serve: until then clients get no-responders at once instead of silence.
/// </summary>
public sealed class StreamingGateway : IDisposable
{
    /// <summary>Several times within the registry's lease.</summary>
    private static readonly TimeSpan RenewInterval = TimeSpan.FromSeconds(5);

    private readonly StreamingOptions _options;
    private readonly SubjectRouter _router;
    private readonly IGrainFactory _grains;
    private readonly ILocalChannels _locals;
    private readonly TimeProvider _time;
    private readonly ILogger<StreamingGateway> _logger;
    private readonly SessionCache _sessions;
    private readonly StreamingReplies _replies;
    private readonly GatewayObserver _observer;
    private IGatewayObserver? _reference;
    private readonly List<InternalSubscription> _subscriptions = [];
    private readonly CancellationTokenSource _stopping = new();
    private Task _renewing = Task.CompletedTask;

    public StreamingGateway(
        StreamingOptions options,
        SubjectRouter router,
        IGrainFactory grains,
        ILocalChannels locals,
        TimeProvider time,
        ILogger<StreamingGateway> logger)
    {
        _options = options;
        _router = router;
        _grains = grains;
        _locals = locals;
        _time = time;
        _logger = logger;
        Id = NewId();
        _sessions = new SessionCache(grains, time);
        _replies = new StreamingReplies(router);

        // Orleans holds observers weakly: this field is what keeps ours.
        _observer = new GatewayObserver(_sessions, _replies, new InboxRequests(Id, _replies, router, time), time, logger);
    }

    /// <summary>This run of the gateway.</summary>
    public GatewayId Id { get; }

    /// <summary>Makes this gateway known to the grains, so that subscriptions can deliver through it.</summary>
    public async Task RegisterAsync()
    {
        _reference = _grains.CreateObjectReference<IGatewayObserver>(_observer);
        await _grains.GetGrain<IGatewayRegistryGrain>(0).RegisterAsync(Id, _reference);
        _renewing = RenewAsync(_stopping.Token);
    }

    /// <summary>Begins to serve clients.</summary>
    public void Listen()
    {
        var subjects = new StanSubjects(_options.ClusterId, _options.DiscoverPrefix);
        var session = new SessionRequests(subjects, _sessions, _replies, _grains, _time);
        var subscription = new SubscriptionRequests(_sessions, _replies, _grains, _time);
        Listen(subjects.PublishPrefix + ".>", new PublishSubscriber(_sessions, _replies, _grains, _locals, _time, _logger));
        Listen("_INBOX.*", new AckSubscriber(_grains, _time, _logger), AckInbox.Matches);
        Listen(subjects.Pings, session.PingAsync);
        Listen(subjects.Close, session.CloseAsync, afterPublishes: true);
        Listen(subjects.Subscribe, subscription.SubscribeAsync);
        Listen(subjects.Unsubscribe, subscription.UnsubscribeAsync, afterPublishes: true);
        Listen(subjects.SubscriptionClose, subscription.CloseAsync, afterPublishes: true);

        // Last: whoever is welcomed finds everything else there.
        Listen(subjects.Discover, session.ConnectAsync);
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
    public async Task StopAsync()
    {
        StopListening();
        await _stopping.CancelAsync();
        await _renewing;
        if (_reference is not null)
        {
            await UnregisterAsync();
        }
    }

    public void Dispose() => _stopping.Dispose();

    private static GatewayId NewId()
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        RandomNumberGenerator.Fill(bytes);
        return new GatewayId(BinaryPrimitives.ReadUInt64LittleEndian(bytes));
    }

    private void Listen(string subject, Func<StreamingRequest, Task> handle, bool afterPublishes = false) =>
        Listen(subject, new RequestSubscriber(handle, afterPublishes, _logger));

    private void Listen(string subject, IInternalSubscriber subscriber, SubjectPredicate? predicate = null) =>
        _subscriptions.Add(_router.Subscribe(Encoding.UTF8.GetBytes(subject), subscriber, predicate));

    private async Task RenewAsync(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(RenewInterval, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(stopping))
            {
                await RenewOnceAsync();
            }
        }
        catch (OperationCanceledException)
        {
            // The gateway stops.
        }
    }

    private async Task UnregisterAsync()
    {
        try
        {
            await _grains.GetGrain<IGatewayRegistryGrain>(0).UnregisterAsync(Id);
        }
        catch (Exception exception) when (exception is OrleansException or TimeoutException or ObjectDisposedException)
        {
            // The silo went down before us, as after a start that failed. The lease ends the registration then, and nobody need know.
        }
    }

    private async Task RenewOnceAsync()
    {
        try
        {
            await _grains.GetGrain<IGatewayRegistryGrain>(0).RegisterAsync(Id, _reference!);
        }
        catch (Exception exception) when (exception is OrleansException or TimeoutException)
        {
            StreamingLog.RegistrationFailed(_logger, exception);
        }
    }
}
