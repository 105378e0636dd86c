using Bayou.Grains.Channels;
using Bayou.Grains.Interfaces;
using Bayou.Grains.Interfaces.Identity;
using Bayou.Grains.Metadata;
using Bayou.Grains.Replication.Balance;
using Bayou.Grains.Replication.Formation;
using Bayou.Grains.Replication.Peers;
using Bayou.Grains.Replication.Snapshots;
using Bayou.Raft;
using Bayou.Records;
using Bayou.Storage;
using Microsoft.Extensions.Logging;

namespace Bayou.Grains.Replication;

/// <summary>
/// Every replica of this silo on one store: brings the silo into a cluster, opens replicas, and lets them hear of each other and
/// of time. Grains ask it for the replica behind them; it knows nothing of grains. The same code runs in the server and in the
/// simulation, which differ in their <see cref="ReplicaEnvironment"/>.
/// </summary>
public sealed partial class ReplicaHost : ILocalChannels, IAsyncDisposable
{
    /// <summary>
    /// A journal at rest ends with an empty batch, this long after the last one: if the power goes, nobody has to wonder whether
    /// a damaged last batch had been acknowledged.
    /// </summary>
    private static readonly TimeSpan SealDelay = TimeSpan.FromMilliseconds(50);

    /// <summary>How long a request that needs the metadata goes on looking for a leader.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly SiloStore _store;
    private readonly ClusterSettings _cluster;
    private readonly ReplicaServices _services;
    private readonly ReplicaWorker[] _workers;
    private readonly ILogger<ReplicaHost> _logger;
    private readonly Action<Exception> _fail;
    private readonly StartMemory _starts;
    private readonly UnclaimedGroups _unclaimed;
    private readonly ChannelRegistry _channels;
    private readonly CommandRouter _router;
    private readonly FrameDispatcher _frames;
    private readonly LeaderBalancer _balance;
    private readonly SiloMonitor _monitor;
    private readonly FormationDriver _formation;
    private readonly CheckpointRun _checkpoints;
    private readonly HandOver _handOver;
    private readonly ITimer _sealTimer;
    private readonly TaskCompletionSource<MetadataReplica> _formed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ITimer? _tickTimer;
    private bool _isStarted;
    private int _isOutdated;
    private bool _isDisposed;

    /// <summary>Takes over what <paramref name="store"/> recovered. <paramref name="fail"/> stops the process.</summary>
    public ReplicaHost(
        SiloStore store, StreamingOptions streaming, ReplicationOptions options, ClusterSettings cluster, ReplicaEnvironment environment,
        ILogger<ReplicaHost> logger, Action<Exception> fail)
    {
        _store = store;
        _cluster = cluster;
        _logger = logger;
        _fail = fail;
        _starts = new StartMemory(store.Starts);
        var peers = new PeerDirectory(new(cluster.Name, store.Identity.Silo, _starts.Present) { Cluster = store.Identity.Cluster });
        var liveness = new PeerLiveness(options.SuspectAfter);
        _services = new ReplicaServices(
            store, environment.Time, environment.Random, peers, liveness, environment.Scheduler, options, environment.Observer);
        _workers =
        [
            .. Enumerable.Range(0, environment.Workers)
                .Select(number => new ReplicaWorker(number, environment.Scheduler, new Outbox(peers, liveness, environment.Network), fail)),
        ];
        _unclaimed = new UnclaimedGroups(store);
        _channels = new ChannelRegistry(streaming, _services, _unclaimed, WorkerOf, new MetadataReports(() => Metadata, logger), new ChannelNotices(logger), OnChannelLed);
        _router = new CommandRouter(_services, ReplicaOf, WorkerOf, Patience);
        _balance = new LeaderBalancer(_services, _workers);
        _monitor = new SiloMonitor(_services, _workers, _balance);
        _frames = new FrameDispatcher(peers, _starts, liveness, WorkerOf, new ChunkServer(environment.Scheduler), this, () => _services.Now);
        _formation = new FormationDriver(
            new ClusterFormation(new PeerIdentity(cluster.Name, store.Identity.Silo), cluster.Peers, cluster.MayFound, store.BoundTo),
            cluster.Peers, _services, _starts, environment.Network, OnFormationStep, LogWaiting, () => Vacated?.Invoke(), OnOutdated);
        _handOver = new HandOver(_workers, _services);
        _checkpoints = new CheckpointRun(store, ReplicaOf, _unclaimed, _channels);
        _sealTimer = environment.Time.CreateTimer(static store => ((SiloStore)store!).Seal(), store, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The metadata group. Only once the silo belongs to a cluster, which <see cref="ReadyAsync"/> waits for.</summary>
    public MetadataReplica Metadata => IsFormed
        ? _formed.Task.Result
        : throw new ReplicaUnavailableException("This silo does not belong to a cluster yet.") { Reason = ReplicaUnavailability.NoQuorum };

    /// <summary>The silo belongs to a cluster, and knows of its metadata.</summary>
    public bool IsFormed => _formed.Task.IsCompletedSuccessfully;

    /// <summary>
    /// This silo hears of a majority of those who keep the metadata, without which nobody can be told who is a client. Any thread.
    /// </summary>
    public bool ReachesMajority => IsFormed && Metadata.Replica.ReachesMajority;

    /// <summary>The cluster that this silo belongs to; empty until it does. Any thread.</summary>
    public Guid Cluster => _services.Peers.Current.Cluster;

    /// <summary>Raised, on a worker, when this silo begins to lead a channel. Handlers must not block.</summary>
    public event Action<ChannelReplica>? ChannelLed;

    /// <summary>The channels that this silo has a replica of.</summary>
    public IReadOnlyCollection<ChannelReplica> Channels => _channels.All;

    public ChannelReplica? FindChannel(GroupId group) => _channels.Find(group);

    public ChannelReplica? FindChannel(ChannelName name) => _channels.Find(name);

    /// <summary>
    /// Whether a channel of this name exists, by the metadata as of now. False if there is none; where there is one, this silo does not
    /// lead it, or else it would have been found: <see cref="ReplicaUnavailableException"/>.
    /// </summary>
    public async Task<bool> LocateAsync(ChannelName name)
    {
        await Metadata.PassBarrierAsync();
        return _channels.PlacementOf(name) is { } placement ? throw NotHere(name, placement) : false;
    }

    /// <summary>
    /// From here on this silo can serve what it leads, and others may give it channels to lead. Until then, and once it was told to
    /// hand over, it gets none.
    /// </summary>
    public void AcceptLeaders() => _balance.Accept();

    /// <summary>
    /// Raised, on a worker and maybe again, when this silo was to leave its cluster and has nothing left that others need, or has left it
    /// without knowing. Handlers must not block.
    /// </summary>
    public event Action? Vacated;

    /// <summary>
    /// Raised once, on any thread, when the cluster has seen a newer state of this silo's data than this one. Nobody listens to it any more; it
    /// has to end, and its data stay as they are. Handlers must not block.
    /// </summary>
    public event Action<OutdatedDataException>? Outdated;

    /// <summary>What the replicas of this silo work with.</summary>
    internal ReplicaServices Services => _services;

    /// <summary>Who runs the replicas of this silo.</summary>
    internal IReadOnlyList<ReplicaWorker> Workers => _workers;

    /// <summary>The node's name in its cluster.</summary>
    internal string Name => _cluster.Name;

    /// <summary>A server that belongs to no cluster but its own.</summary>
    internal bool IsAlone => _cluster.Name == ClusterSettings.Alone.Name;

    /// <summary>Where the channels are. Any thread.</summary>
    internal ChannelRegistry Registry => _channels;

    internal IReplicaScheduler Scheduler => _services.Scheduler;

    ILocalChannel? ILocalChannels.Find(ChannelName channel) => FindChannel(channel);

    /// <summary>Starts the journal and the clock, and begins to look for the cluster or to go on in it.</summary>
    public void Start()
    {
        _store.CheckpointDue += OnCheckpointDue;
        _store.BatchCompleted += OnBatchCompleted;
        _store.FaultFound += OnFaultFound;
        _services.Scheduler.StartJournal(_store);
        _isStarted = true;
        _workers[0].Post(new WorkerAction(_ => Begin()));
        _tickTimer = _services.Time.CreateTimer(static host => ((ReplicaHost)host!).OnTick(), this, _services.Options.Tick, _services.Options.Tick);
    }

    /// <summary>
    /// Waits until the silo belongs to a cluster whose metadata has a leader, and has opened its channels. What only this silo
    /// holds is applied to its end then.
    /// </summary>
    public async Task ReadyAsync(CancellationToken cancellation = default)
    {
        var metadata = await _formed.Task.WaitAsync(cancellation);
        while (true)
        {
            try
            {
                await metadata.ReadyAsync();
                break;
            }
            catch (ReplicaUnavailableException)
            {
                // No majority of the metadata's voters is there yet, or it changed its leader under way.
                cancellation.ThrowIfCancellationRequested();
            }
        }

        await metadata.QueryAsync(machine => machine.Channels.Count);
        foreach (var worker in _workers)
        {
            await worker.PassAsync();
        }

        _store.ReleaseRecovered();
        _store.ConfirmGroups();
        await Task.WhenAll(_channels.All
            .Where(channel => channel.Replica is { HasUnapplied: true, Membership.Voters.Count: 1 })
            .Select(channel => ApplyAllAsync(channel.Replica)));
    }

    private static async Task ApplyAllAsync(Replica replica)
    {
        try
        {
            await replica.ProposeAsync(ReadOnlyMemory<byte>.Empty);
        }
        catch (ReplicaUnavailableException) when (replica.IsRetired)
        {
            // The channel has ended meanwhile.
        }
    }

    /// <summary>The channel of this name; created if there is none and <paramref name="maxChannels"/> (0: any number) allows it.</summary>
    /// <exception cref="ReplicaUnavailableException">This silo has no replica of the channel, or the metadata has no leader.</exception>
    public async Task<OpenedChannel> OpenChannelAsync(ChannelName name, int maxChannels)
    {
        if (FindChannel(name) is { } existing)
        {
            return new OpenedChannel(existing, Error: null);
        }

        var created = await Metadata.CreateChannelAsync(name.Value, maxChannels, _services.Options.Replicas);
        if (created.Error is { } error)
        {
            return new OpenedChannel(Channel: null, error);
        }

        var placement = await _channels.WaitForAsync(name, created.Group, Patience);
        return FindChannel(placement.Group) is { } opened
            ? new OpenedChannel(opened, Error: null)
            : throw NotHere(name, placement);
    }

    /// <summary>Takes a checkpoint. Done by itself when enough was journaled, and before an orderly stop.</summary>
    public Task CheckpointAsync() => _checkpoints.ExecuteAsync();

    /// <summary>Raised when the process of a peer is known to have ended.</summary>
    public event Action<string>? PeerDied;

    /// <summary>
    /// Hands over everything that this silo leads to others, as far as there are any, so that its stop interrupts nobody. Returns when
    /// that is done, or a moment later if somebody does not take over.
    /// </summary>
    public Task HandOverAsync()
    {
        _balance.Refuse();
        return _handOver.ExecuteAsync();
    }

    /// <summary>Has another silo lead a group that is led here. True once this silo does not lead it, false if it goes on leading.</summary>
    internal Task<bool> TransferAsync(GroupId group, SiloNumber target) => _handOver.TransferAsync(WorkerOf(group), group, target);

    /// <summary>Takes a last checkpoint. The store belongs to whoever opened it.</summary>
    public async ValueTask DisposeAsync()
    {
        // A container that knows it under two names disposes of it twice.
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        if (_tickTimer is not null)
        {
            await _tickTimer.DisposeAsync();
        }

        await _sealTimer.DisposeAsync();
        if (_isStarted)
        {
            _store.CheckpointDue -= OnCheckpointDue;

            // A data directory that was refused stays as it is.
            if (!_formed.Task.IsFaulted && !IsOutdated)
            {
                await CheckpointAsync();
            }

            _store.BatchCompleted -= OnBatchCompleted;
            _store.FaultFound -= OnFaultFound;
        }

        _checkpoints.Dispose();
    }

    private bool IsOutdated => Volatile.Read(ref _isOutdated) != 0;

    private ReplicaUnavailableException NotHere(ChannelName name, ChannelPlacement placement) =>
        new($"This silo has no replica of channel {name.Value}.")
        {
            Reason = ReplicaUnavailability.NotLeader,
            Leader = _channels.LeaderCandidates(placement).FirstOrDefault(),
        };

    private ReplicaWorker WorkerOf(GroupId group) => _workers[group.Value % (ulong)_workers.Length];

    private Replica? ReplicaOf(GroupId group) => group != GroupId.Metadata ? FindChannel(group)?.Replica
        : IsFormed ? _formed.Task.Result.Replica
        : null;

    /// <summary>On the metadata's worker: goes on in the cluster that the store knows, or looks for one.</summary>
    private void Begin()
    {
        if (_unclaimed.Find(GroupId.Metadata) is not { State.IsEmpty: false, AppliedIndex: > 0 } recovered)
        {
            // It has none, or the disk has lost it. One that was taken in and has heard nothing of the metadata yet does not know its own
            // number: it is told once more.
            _formation.Tick();
            return;
        }

        var machine = new MetadataStateMachine();
        var position = new ReplicaPosition();
        machine.Restore(position.Restore(recovered.State, recovered.AppliedIndex, recovered.AppliedTerm, out var id).Span);
        if (ClusterIdentity.Contradiction(_cluster, machine, _store.Identity.Silo) is { } contradiction)
        {
            _formed.SetException(new IOException(contradiction));
            return;
        }

        foreach (var (silo, start) in MetadataReplica.StartsIn(recovered))
        {
            if (start.IsNewerThan(_services.Liveness.StartOf(silo)))
            {
                _services.Liveness.Raise(silo, start);
            }
        }

        _unclaimed.RemoveDeleted(machine);
        OpenMetadata(id, machine, ConfState.Empty, default);
    }

    private void OnFormationStep(FormationStep step)
    {
        // A server that has refused its data directory, or its peers, is about to end.
        if (_formed.Task.IsFaulted)
        {
            return;
        }

        switch (step)
        {
            case FormationStep.Found found:
                _store.JoinCluster(found.Cluster);
                var machine = MetadataStateMachine.Found(found.Founders, _cluster.StreamingId);
                var own = new ReplicaId(machine.Silos.Find(_store.Identity.Silo));
                OpenMetadata(own, machine, ConfState.OfVoters([.. machine.Voters]), (1, 1));
                break;
            case FormationStep.Join join:
                _store.JoinCluster(join.Cluster);
                var known = _services.Peers.Current with { Cluster = join.Cluster, Own = join.Number };
                _services.Peers.Replace(known.With(join.Silos, join.Silos.Keys.Max()));
                OpenMetadata(new ReplicaId(join.Number), new MetadataStateMachine(), ConfState.Empty, default);
                break;
            case FormationStep.Contradicted contradicted:
                _formed.TrySetException(new IOException(contradicted.Reason));
                break;
            case FormationStep.Orphaned orphaned:
                _formed.TrySetException(new StorageCorruptException("wal", 0, $"{orphaned.Reason}; set the data directory aside, and start with an empty one"));
                break;
        }
    }

    private void OpenMetadata(ReplicaId id, MetadataStateMachine machine, ConfState founders, (ulong Index, ulong Term) start)
    {
        // Where the disk has lost what it held of the metadata, the replica must not count as one that never had any.
        var recovered = _unclaimed.Claim(GroupId.Metadata) ?? (_store.MayLackGroups ? UnclaimedGroups.Lost(GroupId.Metadata) : null);
        var metadata = new MetadataReplica(id, machine, founders, start, _workers[0], _services, _router, OnPlacement, recovered);
        metadata.Replica.RenewalWanted = _ => _fail(new InvalidDataException(
            "The cluster's metadata on this silo differs from its leader's. Set the data directory aside, and the silo joins anew."));
        _formed.SetResult(metadata);
        _formation.OnFormed(metadata);
        OnPlacement(machine);
        _workers[0].Add(metadata.Replica);
        _services.Observer.OnJoined(_store.Identity.Cluster, id.Silo);
    }

    /// <summary>On the metadata's worker: silos, channels or replicas have changed.</summary>
    private void OnPlacement(MetadataStateMachine machine)
    {
        foreach (var silo in machine.Silos.Present)
        {
            // Before anybody is listened to who was not known before.
            _services.Liveness.Raise(silo, machine.Silos.All[silo].Start);
        }

        var own = machine.Silos.Find(_store.Identity.Silo);
        if (own != SiloNumber.None)
        {
            if (!_starts.TryNote(machine.Silos.All[own].Start))
            {
                OnOutdated();
            }

            var known = _services.Peers.Current with { Cluster = _store.Identity.Cluster, Own = own };
            _services.Peers.Replace(known.With(
                machine.Silos.Present.Select(silo => KeyValuePair.Create(silo, machine.Silos.All[silo].Identity)), machine.Silos.Newest));
        }

        _channels.Follow(machine);
        if (own == SiloNumber.None)
        {
            return;
        }

        _balance.IsExempt = machine.Silos.All[own] is { IsDrained: true } or { IsLeaving: true };
        if (machine.Vacated.Contains(own))
        {
            Vacated?.Invoke();
        }
    }

    private void OnTick()
    {
        if (!_formed.Task.IsCompleted)
        {
            _workers[0].Post(new WorkerAction(_ => _formation.Tick()));
        }

        _monitor.Tick();
        _services.Forwarder.Tick();
        if (_services.Checkpoints.TryTake(_services.Now))
        {
            OnCheckpointDue();
        }
    }

    private void OnChannelLed(ChannelReplica channel)
    {
        LogLed(channel.Name);
        ChannelLed?.Invoke(channel);
    }

    /// <summary>
    /// On the journal's thread, after a batch was synced. Where that thread has the time it answers by itself, which is the short way for
    /// those who publish one message at a time: what they send next, having been answered together, goes into the next batch together.
    /// Under load it goes on writing and others answer.
    /// </summary>
    private void OnBatchCompleted(bool mayLinger)
    {
        if (mayLinger)
        {
            _sealTimer.Change(SealDelay, Timeout.InfiniteTimeSpan);
        }

        foreach (var worker in _workers)
        {
            if (mayLinger)
            {
                worker.Run();
            }
            else
            {
                worker.Schedule();
            }
        }
    }

    /// <summary>A segment is damaged: the group is woken to mend it from another replica.</summary>
    private void OnFaultFound(GroupId group) => WorkerOf(group).Post(new WorkerAction(worker => worker.Find(group)?.Wake()));

    private void OnCheckpointDue() => _services.Scheduler.RunLong(async () =>
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

    [LoggerMessage(2204, LogLevel.Information, "Waiting {Outlook}")]
    private partial void LogWaiting(string outlook);

    [LoggerMessage(2203, LogLevel.Debug, "Leads channel {Channel}")]
    private partial void LogLed(ChannelName channel);
}
