using Bayou.Gateway.Connections;
using Bayou.Grains.Interfaces.Identity;
using Microsoft.Extensions.Logging;

namespace Bayou.Gateway.Streaming;

/// <summary>
/// What the streaming side keeps for one NATS connection: what it has under way, so that a close waits for what was sent before
/// it, and which sessions were opened over it.
/// </summary>
internal sealed class StreamingConnection
{
    /// <summary>Ack inboxes remembered for one connection; a client that uses more starts over.</summary>
    private const int MaxAckCollectors = 16 * 1024;

    /// <summary>Requests that may wait for each other on one connection; stock clients send one at a time.</summary>
    private const int MaxWaitingRequests = 4 * 1024;

    /// <summary>Publishes that may wait for their sender to be found; more than stock clients leave unacknowledged.</summary>
    private const int MaxDeferred = 32 * 1024;

    private readonly Lock _gate = new();
    private readonly Dictionary<AckInbox, AckCollector> _acks = [];
    private readonly Dictionary<ClientId, SessionEpoch> _sessions = [];
    private readonly Queue<DeferredPublish> _deferred = new();
    private readonly List<(long Target, TaskCompletionSource Reached)> _waiting = [];
    private Task _control = Task.CompletedTask;
    private int _waitingRequests;
    private long _issued;
    private long _completed;

    /// <summary>Publishers that got something in the present read of the connection.</summary>
    public List<ChannelPublisher> TouchedChannels { get; } = [];

    /// <summary>Collectors that got something in the present read of the connection.</summary>
    public List<AckCollector> TouchedAcks { get; } = [];

    /// <summary>Whether publishes wait for somebody to find out who sent them. Those that come later wait behind them.</summary>
    public bool IsDeferring { get; private set; }

    /// <summary>The state of a connection, made when it first speaks STAN. On its read loop only.</summary>
    public static StreamingConnection Of(Connection connection)
    {
        if (connection.StreamingState is StreamingConnection state)
        {
            return state;
        }

        state = new StreamingConnection();
        connection.StreamingState = state;
        return state;
    }

    public void OnPublishIssued() => Interlocked.Increment(ref _issued);

    public void OnPublishesCompleted(int count)
    {
        var completed = Interlocked.Add(ref _completed, count);
        lock (_gate)
        {
            for (var i = _waiting.Count - 1; i >= 0; i--)
            {
                if (_waiting[i].Target <= completed)
                {
                    _waiting[i].Reached.SetResult();
                    _waiting.RemoveAt(i);
                }
            }
        }
    }

    /// <summary>Completes once everything published so far is answered.</summary>
    public Task WhenPublishesCompletedAsync()
    {
        lock (_gate)
        {
            var target = Interlocked.Read(ref _issued);
            if (Interlocked.Read(ref _completed) >= target)
            {
                return Task.CompletedTask;
            }

            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((target, reached));
            return reached.Task;
        }
    }

    /// <summary>Keeps a publish until its sender is known. <paramref name="mustResolve"/>: the caller has to find out.</summary>
    /// <returns>False if too many wait already.</returns>
    public bool TryDefer(DeferredPublish publish, out bool mustResolve)
    {
        lock (_gate)
        {
            mustResolve = !IsDeferring;
            if (_deferred.Count >= MaxDeferred)
            {
                return false;
            }

            _deferred.Enqueue(publish);
            IsDeferring = true;
            return true;
        }
    }

    /// <summary>The next publish that waits; ends the deferring if there is none.</summary>
    public bool TryTakeDeferred(out DeferredPublish publish)
    {
        lock (_gate)
        {
            if (_deferred.TryDequeue(out publish))
            {
                return true;
            }

            IsDeferring = false;
            return false;
        }
    }

    /// <summary>Runs requests of one connection one after the other; false if too many wait already.</summary>
    public bool TryEnqueueControl(Func<Task> request)
    {
        lock (_gate)
        {
            if (Volatile.Read(ref _waitingRequests) >= MaxWaitingRequests)
            {
                return false;
            }

            Interlocked.Increment(ref _waitingRequests);
            _control = RunAfterAsync(_control, request);
            return true;
        }
    }

    /// <summary>On the connection's read loop only.</summary>
    public AckCollector AcksOf(AckInbox inbox, IGrainFactory grains, TimeProvider time, ILogger logger)
    {
        lock (_gate)
        {
            if (!_acks.TryGetValue(inbox, out var collector))
            {
                if (_acks.Count >= MaxAckCollectors)
                {
                    _acks.Clear();
                }

                collector = new AckCollector(inbox, grains, time, logger);
                _acks.Add(inbox, collector);
            }

            return collector;
        }
    }

    /// <summary>Completes once every ack taken over this connection so far has reached its subscription.</summary>
    public Task WhenAcksDeliveredAsync()
    {
        lock (_gate)
        {
            return Task.WhenAll(_acks.Values.Select(collector => collector.WhenDeliveredAsync()));
        }
    }

    public void OnSessionOpened(ClientId client, SessionEpoch epoch)
    {
        lock (_gate)
        {
            _sessions[client] = epoch;
        }
    }

    /// <summary>The session that was opened over this connection last under that id, if any.</summary>
    public SessionEpoch? SessionOf(ClientId client)
    {
        lock (_gate)
        {
            return _sessions.TryGetValue(client, out var epoch) ? epoch : null;
        }
    }

    private async Task RunAfterAsync(Task previous, Func<Task> request)
    {
        await previous.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        await request();
        Interlocked.Decrement(ref _waitingRequests);
    }
}
