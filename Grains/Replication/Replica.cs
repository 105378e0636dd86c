using Bayou.Grains.Replication.Peers;
using Bayou.Grains.Replication.Peers.Wire;
using Bayou.Raft;
using Bayou.Records;
using Bayou.Storage;

namespace Bayou.Grains.Replication;

/// <summary>
/// This silo's replica of one group. It sleeps until something is asked of it; a sleeping one costs its state machine and a few
/// words. Awake, a <see cref="ReplicaDriver"/> does the work. Everything but <see cref="Post"/> and what stands next to it runs on
/// the group's worker.
/// </summary>
internal sealed partial class Replica
{
    private readonly ReplicaWorker _worker;
    private readonly ReplicaServices _services;
    private readonly IReplicatedStateMachine _machine;
    private readonly ReplicaPosition _position = new();
    private readonly bool _isUntouched;
    private List<Entry> _unapplied = [];
    private HibernatedNode? _asleep;
    private ReplicaDriver? _driver;
    private bool _isRetired;
    private bool _isLeaderLost;
    private long _leadingSince;
    private long _confirmedAt;

    /// <summary>How often there was a reason to ask whether it still leads, and the same when it was last known to.</summary>
    private int _doubts;
    private int _confirmedDoubts;
    private volatile bool _isHandingOver;
    private volatile bool _isLeading;
    private ReplicaId? _publishedLeader;
    private string? _knownLeader;

    /// <summary>
    /// A replica as the store recovered it, or an untouched one that begins with <paramref name="founders"/> behind the entry at
    /// <paramref name="start"/>, at which the machine stands.
    /// </summary>
    public Replica(
        GroupId group, ReplicaId id, ConfState founders, (ulong Index, ulong Term) start, ReplicaWorker worker, ReplicaServices services,
        IReplicatedStateMachine machine, ChannelLog? messages, RecoveredGroup? recovered)
    {
        Group = group;
        Id = id;
        Messages = messages;
        _worker = worker;
        _services = services;
        _machine = machine;
        _position.Membership = founders;
        _position.AppliedIndex = start.Index;
        _position.AppliedTerm = start.Term;
        _position.HardState = new HardState(start.Term, 0, start.Index);
        _isUntouched = recovered is null;
        if (recovered is not null)
        {
            Recover(recovered);
        }
    }

    public GroupId Group { get; }

    public ReplicaId Id { get; }

    /// <summary>The channel's messages; null for a group without any.</summary>
    public ChannelLog? Messages { get; }

    /// <summary>For the worker: the replica may have something to hand out.</summary>
    public bool IsTouched { get; set; }

    /// <summary>For the worker, of a replica that sleeps: when it has something to do; null for never.</summary>
    public long? WakeAt { get; set; }

    /// <summary>For the worker: when it looks whether the replica is to be woken; null if it does not.</summary>
    public long? NextCall { get; set; }

    /// <summary>Called when leadership begins, with everything from before applied, and when it ends.</summary>
    public Action<bool> LeadingChanged { get; init; } = static _ => { };

    /// <summary>Asked by a leader for the members that its group should have; null if nobody wants a change.</summary>
    public Func<WantedMembers?> WantedMembers { get; set; } = static () => null;

    /// <summary>Called when the group has let go of replicas that were to leave, and again until the metadata says so.</summary>
    public Action<GroupId, IReadOnlyList<ulong>> Settled { get; set; } = static (_, _) => { };

    /// <summary>Called for a batch that another silo's gateway sent here.</summary>
    public Action<SiloNumber, Publish> Published { get; init; } = static (_, _) => { };

    /// <summary>Called when the replica has found itself to differ from its leader, and again until somebody does something about it.</summary>
    public Action<Replica> RenewalWanted { get; set; } = static _ => { };

    public ulong AppliedIndex => _position.AppliedIndex;

    public ConfState Membership => _position.Membership;

    /// <summary>The latest term it knows of.</summary>
    public ulong Term => _driver?.Node.Term ?? _asleep?.Term ?? _position.HardState.Term;

    /// <summary>The highest index it knows to be committed.</summary>
    public ulong CommitIndex => _driver?.Node.CommitIndex ?? _asleep?.LastIndex ?? _position.HardState.Commit;

    /// <summary>The journal held entries that were not applied yet when the silo started.</summary>
    public bool HasUnapplied => _unapplied.Count > 0;

    /// <summary>The disk lost something of it: it has to be mended, asked for or not.</summary>
    public bool IsDamaged => _position.Fault is not null || Messages is { Faults.Count: > 0 };

    public bool IsAwake => _driver is not null;

    /// <summary>It takes no further part in its group: it differs from its leader, or is not wanted any more.</summary>
    public bool IsRetired => _isRetired;

    /// <summary>The store has nothing of it any more: what it held was deleted, or is in quarantine.</summary>
    public bool IsGivenUp { get; set; }

    /// <summary>Where it stands, as far as it takes part.</summary>
    public RaftNode? Node => _driver?.Node;

    /// <summary>Of a replica that sleeps: where the group stood when it went to sleep.</summary>
    public HibernatedNode? Asleep => _asleep;

    /// <summary>When this replica began to lead, by the clock of <see cref="ReplicaServices.Now"/>.</summary>
    public long LeadingSince => _leadingSince;

    /// <summary>This replica leads, awake or asleep, and has applied everything from before its reign. Any thread.</summary>
    public bool IsLeading => _isLeading;

    /// <summary>
    /// This replica leads, and nobody can have been elected in its place: since it was known to lead, a majority has heard of its silo without a gap.
    /// A silo that stood still, or is cut off, does not know of its successor, but knows by its own clock that there may be one. Any thread.
    /// </summary>
    /// <remarks>
    /// A leader that sleeps has no lease: who is woken without it may vote after a while. It has to ask when it is awake again, as after a
    /// transfer that came to nothing.
    /// </remarks>
    public bool HoldsLease => _isLeading && (IsAlone || (!_isHandingOver && IsConfirmed && HasBeenHeard(Membership)));

    /// <summary>Most of the voters are on this silo, or on others that it hears of now. Any thread.</summary>
    public bool ReachesMajority => Membership is { Voters.Count: > 0 } members
        && ReachesMost(members.Voters) && (members.VotersOutgoing.Count == 0 || ReachesMost(members.VotersOutgoing));

    /// <summary>It is not to be without a leader, and there is none known.</summary>
    public bool MissesLeader => !_isRetired && Leader is null && (_machine.NeedsLeader || NeedsMembers);

    /// <summary>The group is to have other members, which only a leader can see to.</summary>
    public bool NeedsMembers => WantedMembers() is { } wanted && (wanted.Leaving.Count > 0 || !wanted.AreMet(Membership));

    /// <summary>The replica that leads, as far as this one knows.</summary>
    public ReplicaId? Leader =>
        !_isLeaderLost && (_driver?.Node.Leader ?? _asleep?.Leader ?? 0) is var leader and not 0 ? new ReplicaId(leader) : null;

    /// <summary>The name of the silo that leads, as far as it is known.</summary>
    public string? LeaderName => Leader is { } leader ? _services.Peers.Current.NameOf(leader.Silo) : null;

    /// <summary>The same as of a moment ago. Any thread.</summary>
    public string? KnownLeader => Volatile.Read(ref _knownLeader);

    /// <summary>It looks for a leader; one that sleeps does without until somebody needs it. Any thread.</summary>
    public bool SeeksLeader => _driver is not null && !_isRetired && KnownLeader is null;

    /// <summary>Queues a task for the group's worker. Any thread.</summary>
    public void Post(WorkerTask task) => _worker.Post(task);

    /// <summary>Queues a task for whoever lets the worker run next. Any thread.</summary>
    public void Enqueue(WorkerTask task) => _worker.Enqueue(task);

    /// <summary>Lets the worker run, on this thread if it is free. Any thread.</summary>
    public void Run() => _worker.Run();

    /// <summary>Proposes one command; completed with what applying it returned. Any thread.</summary>
    public Task<object?> ProposeAsync(ReadOnlyMemory<byte> command)
    {
        var proposal = new CommandProposal(this, command);
        Post(proposal);
        return proposal.Applied;
    }

    /// <summary>Reads on the worker. Any thread.</summary>
    public Task<T> QueryAsync<T>(Func<T> read)
    {
        var query = new ReplicaQuery<T>(this, read);
        Post(query);
        return query.Answer;
    }

    /// <summary>Completed when everything that was committed anywhere before this call is applied here. Any thread.</summary>
    public Task PassBarrierAsync()
    {
        var barrier = new ReadBarrier(this);
        Post(barrier);
        return barrier.Passed;
    }

    /// <summary>
    /// Asks the others whether this replica still leads. If it does, it may hold its lease again. Any thread.
    /// </summary>
    public async Task ConfirmLeadingAsync()
    {
        var asked = _services.Now;
        var doubts = Volatile.Read(ref _doubts);
        await PassBarrierAsync();
        if (_isLeading)
        {
            Volatile.Write(ref _confirmedAt, asked);
            Volatile.Write(ref _confirmedDoubts, doubts);
        }
    }

    /// <summary>
    /// The replica is its worker's now. An untouched one leaves a first record, so that its loss could be noticed, and so that
    /// nobody has to ask later under which id it began.
    /// </summary>
    public void Begin()
    {
        if (_isUntouched)
        {
            var state = _position.Encode(Id, _machine.Save());
            _services.Store.Append(new JournalWrite
            {
                Group = Group,
                GroupCreated = true,
                HardState = _position.HardState.Term > 0 ? _position.ToStored() : null,
                Snapshot = new StoredSnapshot(_position.AppliedIndex, _position.AppliedTerm, state, ChannelManifest.Empty),
            });
        }
    }

    /// <summary>Proposes one command of the machine's own; what becomes of it shows when it is applied.</summary>
    public void Propose(ReadOnlyMemory<byte> command)
    {
        Admit(new CommandProposal(this, command));
        _worker.Touch(this);
    }

    /// <summary>Takes a proposal whose turn has come.</summary>
    public void Admit(Proposal proposal)
    {
        if (_isRetired)
        {
            proposal.Fail(ProposalQueue.NotLeader(leader: null));
        }
        else
        {
            Wake().Admit(proposal);
        }
    }

    /// <summary>Takes a read that must miss nothing.</summary>
    public void Admit(ReadBarrier barrier)
    {
        if (_isRetired)
        {
            barrier.Fail(ProposalQueue.NoQuorum());
        }
        else
        {
            Wake().Admit(barrier);
        }
    }

    public void OnDurable(JournalCompletion completion) => _driver!.OnDurable(completion);

    /// <summary>For the driver: this replica leads, or does not. Sleep changes nothing.</summary>
    public void SetLeading(bool isLeading)
    {
        if (_isLeading != isLeading)
        {
            _isLeading = isLeading;
            _leadingSince = _services.Now;
            Volatile.Write(ref _confirmedDoubts, _doubts);
            if (Group != GroupId.Metadata)
            {
                _services.Led.Add(isLeading ? 1 : -1);
            }

            LeadingChanged(isLeading);
        }
    }

    /// <summary>The silo that leads the group is dead, or was started anew. A group that sleeps elects another leader when it is woken.</summary>
    public void LoseLeader()
    {
        if (_driver is { } driver)
        {
            driver.OnLeaderLost();
        }
        else
        {
            _isLeaderLost = true;
            PublishLeader();
        }
    }

    /// <summary>As the leader: has another voter take over, if one can.</summary>
    public void HandOver() => Wake().Node.TryTransferLeadership(out _);

    /// <summary>As the leader: has the voter on a silo take over.</summary>
    public void HandOverTo(SiloNumber silo) => Wake().Node.TransferLeadership(Membership.VoterOn(silo)?.Value ?? 0);

    /// <summary>
    /// Sees to a group that nobody asks for anything: has it elect a leader, after a moment of this replica's own, if it is not to be
    /// without one; as the leader, gives it the members that it should have.
    /// </summary>
    public void Attend()
    {
        if (MissesLeader)
        {
            Wake().OnLeaderLost();
            _worker.Touch(this);
        }
        else if (_isLeading && NeedsMembers)
        {
            Wake();
        }
    }

    public void ProcessReady()
    {
        if (!_isRetired)
        {
            _driver?.ProcessReady();
        }

        PublishLeader();
    }

    public void Tick()
    {
        if (_isRetired)
        {
            RenewalWanted(this);
            return;
        }

        if (_driver is not { } driver)
        {
            return;
        }

        // Before the tick, which may send heartbeats: their answers would wake the leader at once.
        if (driver.TryRest(out var asleep, out var due))
        {
            Rest(asleep, due);
            return;
        }

        driver.Tick();
        driver.ProcessReady();
    }

    /// <summary>Makes it a replica that is awake, if it is not.</summary>
    public ReplicaDriver Wake()
    {
        if (_driver is not null)
        {
            return _driver;
        }

        _driver = new ReplicaDriver(this, _services, _position, _machine, EntriesInMemory(), _worker.Memberships, _asleep);
        _unapplied = [];
        _asleep = null;
        if (_isLeaderLost)
        {
            _isLeaderLost = false;
            _driver.Node.ForgetLeader();
        }

        _worker.SetAwake(this, isAwake: true);
        _worker.Touch(this);
        _services.Observer.OnWoken(Group);
        return _driver;
    }

    /// <summary>This replica differs from its leader's. From here on it says nothing; its files stay as they are.</summary>
    public void OnDiverged(ulong index)
    {
        _services.Observer.OnDiverged(Group, index);
        Retire();
    }

    /// <summary>This replica takes no further part in its group.</summary>
    public void Retire()
    {
        if (!_isRetired)
        {
            _isRetired = true;
            _driver?.Abandon();
            SetLeading(isLeading: false);
        }
    }

    /// <summary>
    /// The state for a checkpoint whose journal file has begun. What the journal holds beyond that state goes into the new file
    /// once more, since the old ones are about to be reused.
    /// </summary>
    public GroupCheckpoint Capture()
    {
        if (_driver is not null)
        {
            _driver.JournalAgain();
        }
        else
        {
            new JournalFeed(this, _services.Store, _position.HardState).WriteAgain(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_unapplied));
        }

        return new GroupCheckpoint
        {
            Group = Group,
            HardState = _position.ToStored(),
            AppliedIndex = _position.AppliedIndex,
            AppliedTerm = _position.AppliedTerm,
            State = _position.Encode(Id, _machine.Save()),
            Fault = _position.Fault,
        };
    }

    private bool IsAlone => Membership is { Voters.Count: 1, VotersOutgoing.Count: 0 };

    private bool IsConfirmed => Volatile.Read(ref _confirmedDoubts) == Volatile.Read(ref _doubts);

    private bool HasBeenHeard(ConfState members)
    {
        var since = Math.Max(Volatile.Read(ref _leadingSince), Volatile.Read(ref _confirmedAt));
        var now = _services.Now;
        return _services.Liveness.HaveMostHeard(members.Voters, Id.Silo, since, now)
            && (members.VotersOutgoing.Count == 0 || _services.Liveness.HaveMostHeard(members.VotersOutgoing, Id.Silo, since, now));
    }

    private bool ReachesMost(IReadOnlyList<ulong> voters) =>
        voters.Count(voter => new ReplicaId(voter).Silo is var silo && (silo == Id.Silo || _services.Liveness.IsAlive(silo))) > voters.Count / 2;

    private void PublishLeader()
    {
        var isHandingOver = _driver is { Node.TransferTarget: not 0 };
        if (isHandingOver && !_isHandingOver)
        {
            Volatile.Write(ref _doubts, _doubts + 1);
        }

        _isHandingOver = isHandingOver;
        if (Leader != _publishedLeader)
        {
            _publishedLeader = Leader;
            Volatile.Write(ref _knownLeader, LeaderName);
        }
    }

    private void Recover(RecoveredGroup recovered)
    {
        if (!recovered.State.IsEmpty)
        {
            _machine.Restore(_position.Restore(recovered.State, recovered.AppliedIndex, recovered.AppliedTerm, out _));
        }

        var hardState = recovered.HardState;
        _position.HardState = new HardState(hardState.Term, hardState.Vote, Math.Max(hardState.Commit, recovered.AppliedIndex));
        _position.Fault = recovered.Fault;
        _unapplied = [.. recovered.Entries.Select(entry => new Entry(entry.Index, entry.Term, (EntryKind)entry.Kind, entry.Data))];
        if (recovered.Fault is { } fault)
        {
            _services.Observer.OnDamaged(Group, fault.ToString());
        }
    }

    private MemoryLog EntriesInMemory()
    {
        var log = new MemoryLog(_position.HardState, _position.Membership, _position.AppliedIndex, _position.AppliedTerm);
        log.Append(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_unapplied));
        return log;
    }

    private void Rest(in HibernatedNode asleep, TimeSpan? due)
    {
        Volatile.Write(ref _doubts, _doubts + 1);
        _asleep = asleep;
        _driver = null;
        _worker.SetAwake(this, isAwake: false);
        WakeAt = null;
        if (due is { } rest)
        {
            _worker.WakeLater(this, _services.Now + rest.Ticks);
        }

        _services.Observer.OnHibernated(Group);
    }
}
