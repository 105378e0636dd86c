using System.Collections.Concurrent;
using Bayou.Grains.Channels;
using Bayou.Grains.Interfaces;
using Bayou.Grains.Interfaces.Identity;
using Bayou.Grains.Metadata;
using Bayou.Records;
using Bayou.Storage;
using Microsoft.Extensions.Logging;

namespace Bayou.Grains.Replication;

/// <summary>
/// Every replica of this silo on one store: opens them, finds them, and takes checkpoints so that a restart has little to read.
/// Grains ask it for the replica behind them; it knows nothing of grains.
/// </summary>
public sealed partial class ReplicaHost : ILocalChannels, IAsyncDisposable
{
    private readonly SiloStore _store;
    private readonly StreamingOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<ReplicaHost> _logger;
    /// <summary>
    /// A journal at rest ends with an empty batch, this long after the last one: if the power goes, nobody has to wonder whether
    /// a damaged last batch had been acknowledged.
    /// </summary>
    private static readonly TimeSpan SealDelay = TimeSpan.FromMilliseconds(50);

    private readonly ReplicaWorker[] _workers;
    private readonly ITimer _sealTimer;
    private readonly ConcurrentDictionary<GroupId, ChannelReplica> _channels = new();
    private readonly ConcurrentDictionary<ChannelName, ChannelReplica> _channelsByName = new();
    private readonly SemaphoreSlim _checkpointing = new(1, 1);
    private readonly Action<Exception> _fail;
    private bool _isStarted;
    private bool _isDisposed;

    /// <summary>Opens the replicas that <paramref name="store"/> recovered. <paramref name="fail"/> stops the process.</summary>
    public ReplicaHost(
        SiloStore store,
        StreamingOptions options,
        TimeProvider time,
        ILogger<ReplicaHost> logger,
        Action<Exception> fail)
    {
        _store = store;
        _options = options;
        _time = time;
        _logger = logger;
        _fail = fail;
        _sealTimer = time.CreateTimer(static store => ((SiloStore)store!).Seal(), store, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _workers = [.. Enumerable.Range(0, Environment.ProcessorCount).Select(_ => new ReplicaWorker(fail))];
        Metadata = new MetadataReplica(
            WorkerOf(GroupId.Metadata),
            store,
            store.Groups.FirstOrDefault(group => group.Group == GroupId.Metadata));
    }

    /// <summary>The metadata group.</summary>
    public MetadataReplica Metadata { get; }

    /// <summary>The channels that this silo has a replica of.</summary>
    public IReadOnlyCollection<ChannelReplica> Channels => (IReadOnlyCollection<ChannelReplica>)_channels.Values;

    public ChannelReplica? FindChannel(GroupId group) => _channels.GetValueOrDefault(group);

    public ChannelReplica? FindChannel(ChannelName name) => _channelsByName.GetValueOrDefault(name);

    ILocalChannel? ILocalChannels.Find(ChannelName channel) => FindChannel(channel);

    /// <summary>
    /// Starts the journal, applies what the last run left, and opens every channel of the directory. Channels sleep until they
    /// are used, but for those whose last entries were not in a checkpoint.
    /// </summary>
    public async Task StartAsync()
    {
        _store.CheckpointDue += OnCheckpointDue;
        _store.BatchCompleted += OnBatchCompleted;
        _store.Start();
        _isStarted = true;
        await Metadata.ReadyAsync();
        var recovered = _store.Groups.ToDictionary(group => group.Group);
        var directory = await Metadata.QueryAsync(machine => machine.Channels.ToList());
        foreach (var (name, group) in directory)
        {
            Open(new ChannelName(name), group, recovered.GetValueOrDefault(group));
        }

        _store.ReleaseRecovered();

        await Task.WhenAll(_channels.Values
            .Where(channel => channel.HasUnappliedEntries)
            .Select(channel => channel.Replica.ProposeAsync(ReadOnlyMemory<byte>.Empty)));
    }

    /// <summary>The channel of this name; created if there is none and <paramref name="maxChannels"/> (0: any number) allows it.</summary>
    public async Task<OpenedChannel> OpenChannelAsync(ChannelName name, int maxChannels, ChannelLimits limits)
    {
        if (FindChannel(name) is { } existing)
        {
            return new OpenedChannel(existing, Error: null);
        }

        var created = await Metadata.CreateChannelAsync(name.Value, maxChannels);
        return created.Error is { } error
            ? new OpenedChannel(Channel: null, error)
            : new OpenedChannel(Open(name, created.Group, recovered: null), Error: null);
    }

    /// <summary>
    /// Brings everything that was written since the last checkpoint into one, so that the next start reads next to nothing.
    /// Called when enough was journaled, and before an orderly stop.
    /// </summary>
    public async Task CheckpointAsync()
    {
        await _checkpointing.WaitAsync();
        try
        {
            var checkpoint = _store.BeginCheckpoint();
            foreach (var group in checkpoint.DirtyGroups)
            {
                if (ReplicaOf(group) is { } replica)
                {
                    await replica.QueryAsync(() => CaptureInto(checkpoint, replica));
                }
            }

            checkpoint.Complete();
        }
        finally
        {
            _checkpointing.Release();
        }
    }

    /// <summary>Takes a last checkpoint. The store belongs to whoever opened it.</summary>
    public async ValueTask DisposeAsync()
    {
        // A container that knows it under two names disposes of it twice.
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        await _sealTimer.DisposeAsync();
        if (_isStarted)
        {
            _store.CheckpointDue -= OnCheckpointDue;
            await CheckpointAsync();
            _store.BatchCompleted -= OnBatchCompleted;
        }

        _checkpointing.Dispose();
    }

    private ChannelReplica Open(ChannelName name, GroupId group, RecoveredGroup? recovered)
    {
        var channel = _channels.GetOrAdd(
            group,
            static (group, state) => new ChannelReplica(
                state.name,
                group,
                ChannelLimitsResolver.Resolve(state.host._options, state.name.Value),
                state.host.WorkerOf(group),
                state.host._store,
                state.recovered,
                state.host._time),
            (host: this, name, recovered));
        _channelsByName[name] = channel;
        return channel;
    }

    /// <summary>On the replica's worker, so that the channel's messages stand where its state does.</summary>
    private static bool CaptureInto(Checkpoint checkpoint, Replica replica)
    {
        checkpoint.Add(replica.Capture());
        return true;
    }

    private Replica? ReplicaOf(GroupId group) =>
        group == GroupId.Metadata ? Metadata.Replica : FindChannel(group)?.Replica;

    private ReplicaWorker WorkerOf(GroupId group) => _workers[group.Value % (ulong)_workers.Length];

    /// <summary>
    /// On the journal's thread, after a batch was synced. With nothing left to write, that thread answers by itself, which is the
    /// short way for somebody who publishes one message at a time; under load it goes on writing and others answer.
    /// </summary>
    private void OnBatchCompleted(bool isIdle)
    {
        if (isIdle)
        {
            _sealTimer.Change(SealDelay, Timeout.InfiniteTimeSpan);
        }

        foreach (var worker in _workers)
        {
            if (isIdle)
            {
                worker.Run();
            }
            else
            {
                worker.Schedule();
            }
        }
    }

    private void OnCheckpointDue() => _ = Task.Run(async () =>
    {
        try
        {
            await CheckpointAsync();
        }
        catch (Exception exception)
        {
            LogCheckpointFailed(exception);
            _fail(exception);
        }
    });

    [LoggerMessage(2201, LogLevel.Critical, "A checkpoint failed")]
    private partial void LogCheckpointFailed(Exception exception);
}
