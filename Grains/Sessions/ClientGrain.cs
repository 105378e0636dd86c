using Bayou.Grains.Gateways;
using Bayou.Grains.Interfaces;
using Bayou.Grains.Interfaces.Identity;
using Bayou.Grains.Interfaces.Messages;
using Bayou.Grains.Metadata;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;

namespace Bayou.Grains.Sessions;

/// <summary>
/// Holds the session of one client id. Reentrant, so that a heartbeat that nobody answers does not keep a takeover waiting;
/// connect and close exclude each other by <see cref="_changing"/>.
/// </summary>
[Reentrant]
[KeepAlive]
public sealed partial class ClientGrain(
    [PersistentState("session", MetadataGrainStorage.ProviderName)] IPersistentState<SessionState> session,
    IGrainFactory grains,
    GatewayDirectory gateways,
    StreamingOptions options,
    SessionCount sessions,
    TimeProvider time,
    ILogger<ClientGrain> logger) : Grain, IClientGrain, IDisposable
{
    /// <summary>How long the old client of a duplicate id may take to prove that it lives.</summary>
    private static readonly TimeSpan DuplicateCheckTimeout = TimeSpan.FromMilliseconds(500);

    private const int MaxGatewaysAsked = 3;

    private readonly SemaphoreSlim _changing = new(1, 1);
    private IGrainTimer? _heartbeat;
    private int _failedHeartbeats;

    /// <summary>What the channels were told of the client's heartbeats; null where some may not know, as after the loss of this grain's silo.</summary>
    private bool? _toldHealth;
    private ulong _lastEpoch;
    private bool _asking;
    private bool _isEnding;

    private ClientId Id => new(this.GetPrimaryKeyString());

    private SessionState State => session.State;

    private SessionInfo Info => new(Id, new SessionEpoch(State.Epoch), State.ConnId, State.HeartbeatInbox);

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        if (State.IsOpen)
        {
            StartHeartbeats();
        }

        return Task.CompletedTask;
    }

    public async Task<ConnectResult> ConnectAsync(ConnectRequest request)
    {
        await _changing.WaitAsync();
        try
        {
            if (State.IsOpen && State.HeartbeatInbox == request.HeartbeatInbox && State.ConnIdHex == (request.ConnId.Hex ?? string.Empty))
            {
                // The very same request came before, and its answer got lost with a silo.
                return new ConnectResult(new SessionEpoch(State.Epoch), Error: null);
            }

            if (State.IsOpen)
            {
                if (!await HasPriorityAsync(request) && await AskAsync(State.HeartbeatInbox, DuplicateCheckTimeout) == RequestOutcome.Replied)
                {
                    return new ConnectResult(default, ChannelErrors.ClientAlreadyRegistered);
                }

                LogReplaced(Id);
                await EndAsync();
            }

            session.State = new SessionState
            {
                Epoch = NextEpoch(),
                IsOpen = true,
                HeartbeatInbox = request.HeartbeatInbox,
                ConnIdHex = request.ConnId.Hex ?? string.Empty,
                Protocol = request.Protocol,
                PingInterval = request.PingInterval,
                PingMaxOut = request.PingMaxOut,
            };
            await Task.WhenAll(
                session.WriteStateAsync(),
                request.ConnId.IsNone ? Task.CompletedTask : grains.GetGrain<IConnIdGrain>(State.ConnIdHex).SetAsync(Id));
            StartHeartbeats();
            LogConnected(Id, State.HeartbeatInbox);
            return new ConnectResult(new SessionEpoch(State.Epoch), Error: null);
        }
        finally
        {
            _changing.Release();
        }
    }

    public async Task<bool> CloseAsync(SessionEpoch? expected)
    {
        await _changing.WaitAsync();
        try
        {
            if (!State.IsOpen || (expected is { } epoch && epoch.Value != State.Epoch))
            {
                return false;
            }

            await EndAsync();
            LogClosed(Id);
            return true;
        }
        finally
        {
            _changing.Release();
        }
    }

    public Task<SessionInfo?> FindAsync() => Task.FromResult(State.IsOpen && !_isEnding ? Info : null);

    public async Task<bool> AddChannelAsync(SessionEpoch epoch, ChannelName channel)
    {
        await _changing.WaitAsync();
        try
        {
            if (!State.IsOpen || epoch.Value != State.Epoch)
            {
                return false;
            }

            if (State.Channels.Add(channel.Value))
            {
                await session.WriteStateAsync();
            }

            return true;
        }
        finally
        {
            _changing.Release();
        }
    }

    public Task PingAsync() => _failedHeartbeats > 0 ? HeartbeatAsync(CancellationToken.None) : Task.CompletedTask;

    public void Dispose()
    {
        StopHeartbeats();
        _changing.Dispose();
    }

    /// <summary>
    /// Whether a new client need not wait for the one that is there. It must be there itself: a request that comes late, whose sender has given it up,
    /// must not end the session that the sender has had since.
    /// </summary>
    private async Task<bool> HasPriorityAsync(ConnectRequest newcomer) =>
        options.DuplicateClients == DuplicateClients.Replace && await AskAsync(newcomer.HeartbeatInbox, DuplicateCheckTimeout) == RequestOutcome.Replied;

    private void StartHeartbeats()
    {
        StopHeartbeats();
        sessions.Add(1);
        _failedHeartbeats = 0;
        _heartbeat = this.RegisterGrainTimer(
            HeartbeatAsync,
            new GrainTimerCreationOptions(options.HeartbeatInterval, options.HeartbeatInterval) { Interleave = true, KeepAlive = true });
    }

    private void StopHeartbeats()
    {
        if (_heartbeat is not null)
        {
            _heartbeat.Dispose();
            _heartbeat = null;
            sessions.Add(-1);
        }
    }

    private async Task HeartbeatAsync(CancellationToken cancellationToken)
    {
        if (_asking || !State.IsOpen)
        {
            return;
        }

        _asking = true;
        try
        {
            var epoch = State.Epoch;
            var outcome = await AskAsync(State.HeartbeatInbox, options.HeartbeatTimeout);
            if (!State.IsOpen || State.Epoch != epoch)
            {
                return;
            }

            await (outcome == RequestOutcome.Replied ? OnHeardAsync() : OnMuteAsync(new SessionEpoch(epoch)));
        }
        finally
        {
            _asking = false;
        }
    }

    private Task OnHeardAsync()
    {
        _failedHeartbeats = 0;
        return TellHealthAsync(answers: true);
    }

    private async Task OnMuteAsync(SessionEpoch epoch)
    {
        _failedHeartbeats++;
        if (_failedHeartbeats > options.HeartbeatFailCount)
        {
            LogEvicted(Id, _failedHeartbeats);
            await CloseAsync(epoch);
        }
        else
        {
            await TellHealthAsync(answers: false);
        }
    }

    /// <summary>
    /// Tells every channel, with every heartbeat until all have heard it: one that was not told that the client is back would never send
    /// it anything again. That it does not answer is said again each time, since a channel may have another leader by now.
    /// </summary>
    private async Task TellHealthAsync(bool answers)
    {
        if (answers && _toldHealth == answers)
        {
            return;
        }

        _toldHealth = null;
        await Task.WhenAll(State.Channels.Select(channel =>
            LeaderCalls.RetryAsync(time, () => grains.GetGrain<IChannelGrain>(channel).SetClientHealthAsync(Id, answers))));
        _toldHealth = answers;
    }

    /// <summary>
    /// Ends the open session. Gateways stop taking its publishes before its successor, if any, is answered; then its
    /// subscriptions end; the registration goes last, so that a crash in between leaves a session that heartbeats will end.
    /// </summary>
    private async Task EndAsync()
    {
        StopHeartbeats();
        var ended = Info;
        var epoch = new SessionEpoch(State.Epoch);

        // From here on nobody may learn of it: a gateway that dropped it would take it up again, and for good.
        _isEnding = true;
        try
        {
            await gateways.EndSessionAsync(ended);
            await Task.WhenAll(State.Channels.Select(channel =>
                LeaderCalls.RetryAsync(time, () => grains.GetGrain<IChannelGrain>(channel).EndSessionAsync(Id, epoch))));
            await Task.WhenAll(
                session.ClearStateAsync(),
                ended.ConnId.IsNone ? Task.CompletedTask : grains.GetGrain<IConnIdGrain>(ended.ConnId.Hex).ClearAsync());
            _lastEpoch = epoch.Value;
        }
        finally
        {
            _isEnding = false;
            if (State.IsOpen)
            {
                // Something failed on the way: heartbeats go on, and with them the next try to end a client that does not answer.
                StartHeartbeats();
            }
        }
    }

    /// <summary>Nothing is kept of a client id without a session, so epochs follow the clock and not a counter.</summary>
    private ulong NextEpoch() => Math.Max(_lastEpoch + 1, (ulong)time.GetUtcNow().ToUnixTimeMilliseconds());

    /// <summary>The loss of a gateway says nothing about the client: another one asks.</summary>
    private async Task<RequestOutcome> AskAsync(string inbox, TimeSpan timeout)
    {
        for (var attempt = 0; attempt < MaxGatewaysAsked && await gateways.FindAsync() is { } gateway; attempt++)
        {
            try
            {
                return await gateway.RequestAsync(inbox, timeout);
            }
            catch (Exception exception) when (exception is OrleansException or TimeoutException)
            {
                LogGatewayLost(exception, Id);
                gateways.Forget(gateway);
            }
        }

        return RequestOutcome.NoResponders;
    }

    [LoggerMessage(2101, LogLevel.Debug, "[Client:{Client}] Connected (Inbox={Inbox})")]
    private partial void LogConnected(ClientId client, string inbox);

    [LoggerMessage(2102, LogLevel.Debug, "[Client:{Client}] Closed")]
    private partial void LogClosed(ClientId client);

    [LoggerMessage(2103, LogLevel.Information, "[Client:{Client}] Replaced old client")]
    private partial void LogReplaced(ClientId client);

    [LoggerMessage(2106, LogLevel.Debug, "[Client:{Client}] A gateway was lost during a heartbeat")]
    private partial void LogGatewayLost(Exception exception, ClientId client);

    [LoggerMessage(2104, LogLevel.Warning, "[Client:{Client}] Timed out on {Count} heartbeats, closing it")]
    private partial void LogEvicted(ClientId client, int count);
}
