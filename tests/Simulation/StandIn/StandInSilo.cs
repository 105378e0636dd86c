using System.Buffers;
using Bayou.Raft;
using Bayou.Records;
using Bayou.Simulation.Network;
using Bayou.Simulation.Run;
using Bayou.Storage;

namespace Bayou.Simulation.StandIn;

/// <summary>
/// The smallest replicated log that the kit can be tried with: consensus core, journal and segments as they are, without anything that
/// the replica host adds. Its logs are never compacted, and a silo that loses its disk is lost.
/// </summary>
internal sealed class StandInSilo(SiloEnvironment environment, StorageOptions options) : ISiloProgram
{
    private static readonly TimeSpan SealDelay = TimeSpan.FromMilliseconds(50);

    private readonly SortedDictionary<GroupId, StandInReplica> _replicas = [];
    private readonly List<StandInReplica> _touched = [];
    private readonly Queue<StandInReplica> _durable = new();
    private readonly SortedDictionary<ulong, ArrayBufferWriter<byte>> _outbox = [];
    private SiloStore? _store;
    private ITimer? _sealTimer;
    private bool _isScheduled;

    public string Name => environment.Name;

    public ulong Id { get; } = IdOf(environment.Plan.Silos, environment.Name);

    /// <summary>It never mends anything; what is damaged stays so.</summary>
    public IChannelService? Service => null;

    public bool IsWhole => true;

    public long UnixNanoseconds => (environment.Time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100;

    public void Open()
    {
        _store = SiloStore.Open(environment.Disk, options with { NewSiloId = new Guid((int)Id, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10), StartNonce = 0 }, environment.Fail, time: environment.Time);
        if (_store.Identity.Epoch > 1)
        {
            environment.Oracle.On(Happening.StoreRecovered);
        }
    }

    public void Start()
    {
        var recovered = _store!.Groups.ToDictionary(static group => group.Group);
        for (var channel = 0; channel < environment.Plan.Channels.Count; channel++)
        {
            var group = new GroupId((ulong)channel + 1);
            if (recovered.ContainsKey(group) || Founders(group).Voters.Contains(Id))
            {
                Add(group, recovered.GetValueOrDefault(group));
            }
        }

        _store.ReleaseRecovered();
        _store.BatchCompleted += OnBatchCompleted;
        _store.CheckpointDue += OnCheckpointDue;
        _sealTimer = environment.Time.CreateTimer(_ => _store.Seal(), state: null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        var tick = TimeSpan.FromMilliseconds(environment.Plan.Variation % 3 == 0 ? 20 : 100);
        environment.Time.CreateTimer(_ => Tick(), state: null, tick, tick);
        environment.DriveJournal(_store);
    }

    public async Task StopAsync()
    {
        _store!.CheckpointDue -= OnCheckpointDue;
        var stopped = new TaskCompletionSource();
        environment.RunLong(async () =>
        {
            await CheckpointAsync();
            stopped.SetResult();
        });
        await stopped.Task;
    }

    public void Receive(string peer, ReadOnlyMemory<byte> frame)
    {
        while (RaftFrames.TryRead(ref frame, out var group, out var message))
        {
            if (message.To == Id)
            {
                var replica = _replicas.GetValueOrDefault(group) ?? Add(group, recovered: null);
                replica.Step(message);
                Touch(replica);
            }
        }
    }

    public void OnLinkUp(string peer)
    {
        // Ticks and retries of the core do without.
    }

    public void OnLinkDown(string peer)
    {
        // As above.
    }

    public Task<PublishReply> PublishAsync(string channel, Memory<byte> batch)
    {
        if (RecordBatch.TryRead(batch, out var header) != RecordBatchError.None || header.Verify() != RecordBatchError.None)
        {
            return Task.FromResult(new PublishReply(PublishOutcome.Refused));
        }

        return Find(channel)?.PublishAsync(header, batch) ?? Task.FromResult(new PublishReply(PublishOutcome.NotLeader));
    }

    public bool TryRead(string channel, Action<ulong, ReadOnlyMemory<byte>> onMessage)
    {
        try
        {
            Find(channel)?.Read(onMessage);
            return Find(channel) is { } replica && replica.Members.Voters.Contains(Id);
        }
        catch (StorageCorruptException)
        {
            // A damaged segment; there is nobody to mend it.
            return false;
        }
    }

    public ReplicaView? ViewOf(string channel) => Find(channel)?.View;

    /// <summary>It fetches what it lacks as records, and cuts its segments where it likes.</summary>
    public IReadOnlyList<SegmentInfo> SegmentsOf(string channel) => [];

    public void TransferLeadership(string channel, string successor)
    {
        if (Find(channel) is { IsLeading: true } replica)
        {
            replica.TransferTo(IdOf(environment.Plan.Silos, successor));
            Touch(replica);
        }
    }

    public void ChangeMembers(string channel, IReadOnlyList<string> silos)
    {
        if (Find(channel) is { IsLeading: true } replica)
        {
            replica.ChangeMembers(silos.Select(silo => IdOf(environment.Plan.Silos, silo)));
            Touch(replica);
        }
    }

    public string NameOf(ulong id) => environment.Plan.Silos[(int)id - 1];

    /// <summary>Sends a message with the next frame to its receiver.</summary>
    public void Send(GroupId group, in RaftMessage message)
    {
        if (!_outbox.TryGetValue(message.To, out var frame))
        {
            _outbox[message.To] = frame = new ArrayBufferWriter<byte>();
        }

        RaftFrames.Write(frame, group, message);
    }

    /// <summary>The replica may have something to give out.</summary>
    public void Touch(StandInReplica replica)
    {
        if (!replica.IsTouched)
        {
            replica.IsTouched = true;
            _touched.Add(replica);
        }

        Schedule();
    }

    /// <summary>On the journal's thread: the oldest write of a replica is durable.</summary>
    public void OnDurable(StandInReplica replica) => _durable.Enqueue(replica);

    private static ulong IdOf(IReadOnlyList<string> silos, string name) => (ulong)silos.ToList().IndexOf(name) + 1;

    private ConfState Founders(GroupId group) => ConfState.OfVoters(
        [.. Enumerable.Range(0, environment.Plan.Replicas).Select(i => ((group.Value + (ulong)i) % (ulong)environment.Plan.Silos.Count) + 1)]);

    private StandInReplica? Find(string channel) =>
        _replicas.GetValueOrDefault(new GroupId((ulong)environment.Plan.Channels.ToList().IndexOf(channel) + 1));

    private StandInReplica Add(GroupId group, RecoveredGroup? recovered) =>
        _replicas[group] = new StandInReplica(group, Founders(group), this, _store!, environment, recovered);

    private void Tick()
    {
        foreach (var replica in _replicas.Values)
        {
            replica.Tick();
            Touch(replica);
        }
    }

    private void Schedule()
    {
        if (!_isScheduled)
        {
            _isScheduled = true;
            environment.Schedule(Work);
        }
    }

    private void Work()
    {
        _isScheduled = false;
        while (_durable.TryDequeue(out var replica))
        {
            replica.OnDurable();
            Touch(replica);
        }

        for (var i = 0; i < _touched.Count; i++)
        {
            _touched[i].IsTouched = false;
            _touched[i].ProcessReady();
        }

        _touched.Clear();
        foreach (var (target, frame) in _outbox)
        {
            environment.Send(NameOf(target), Lane.Append, frame.WrittenMemory);
        }

        _outbox.Clear();
    }

    private void OnBatchCompleted(bool isIdle)
    {
        if (isIdle)
        {
            _sealTimer!.Change(SealDelay, Timeout.InfiniteTimeSpan);
        }

        Schedule();
    }

    private void OnCheckpointDue()
    {
        environment.Oracle.On(Happening.CheckpointDue);
        environment.RunLong(CheckpointAsync);
    }

    private async Task CheckpointAsync()
    {
        var checkpoint = _store!.BeginCheckpoint();
        foreach (var group in checkpoint.DirtyGroups)
        {
            var captured = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            environment.Schedule(() =>
            {
                checkpoint.Add(_replicas[group].Capture());
                captured.SetResult();
            });
            await captured.Task;
        }

        checkpoint.Complete();
    }
}
