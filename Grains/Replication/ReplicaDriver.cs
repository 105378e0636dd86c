using System.Runtime.InteropServices;
using Bayou.Grains.Replication.Peers;
using Bayou.Grains.Replication.Peers.Wire;
using Bayou.Grains.Replication.Repair;
using Bayou.Grains.Replication.Snapshots;
using Bayou.Raft;
using Bayou.Storage;

namespace Bayou.Grains.Replication;

/// <summary>
/// A replica that is awake: drives a <see cref="RaftNode"/> with what arrives, gives its entries to the journal and its messages
/// to the other silos, and applies what is committed. Runs on the group's worker. Answers to proposers leave only after the
/// entry was durable on a quorum and applied.
/// </summary>
internal sealed partial class ReplicaDriver
{
    private readonly Replica _replica;
    private readonly ReplicaServices _services;
    private readonly ReplicaPosition _position;
    private readonly IReplicatedStateMachine _machine;
    private readonly ReplicaLog _log;
    private readonly RaftNode _node;
    private readonly ProposalQueue _proposals = new();
    private readonly JournalFeed _journal;
    private readonly EntryApplier _applier;
    private readonly IdleClock _idle;
    private readonly SnapshotPull _pull;
    private readonly LogRecovery _recovery;
    private readonly SegmentRepair _repair;
    private readonly ReadBarriers _reads;
    private readonly LeaderDuties _duties;
    private readonly VoterWatch _voters;
    private readonly Campaigns _campaigns;
    private readonly List<Proposal> _due = [];
    private readonly List<ReadOnlyMemory<byte>> _commands = [];
    private ulong _electedTerm;
    private ulong _leadingTerm;
    private ulong _knownLeader;

    /// <summary>Wakes a replica; <paramref name="asleep"/> is the node as it went to sleep, null for one that was not asleep.</summary>
    public ReplicaDriver(
        Replica replica, ReplicaServices services, ReplicaPosition position, IReplicatedStateMachine machine,
        MemoryLog entries, MembershipPool memberships, HibernatedNode? asleep)
    {
        _replica = replica;
        _services = services;
        _position = position;
        _machine = machine;
        _log = new ReplicaLog(entries, CaptureSnapshot);
        _journal = new JournalFeed(replica, services.Store, position.HardState);
        _applier = new EntryApplier(replica, services, position, machine);
        _idle = new IdleClock(services.Options.HibernateTicks);
        _pull = new SnapshotPull(replica, services);
        _recovery = new LogRecovery(replica, services);
        _repair = new SegmentRepair(replica, services);
        _reads = new ReadBarriers(services);
        var options = OptionsFor(replica, services, position, memberships);
        _node = asleep is { } state ? RaftNode.Wake(state, options, _log) : new RaftNode(options, _log);
        _voters = new VoterWatch(_node, replica, services);
        _campaigns = new Campaigns(_node, services);
        _duties = new LeaderDuties(replica, services, position, _node);
        if (_node.Role == RaftRole.Leader)
        {
            _electedTerm = _node.Term;
            BeginLeading();
        }
    }

    public RaftNode Node => _node;

    /// <summary>This replica leads, and everything from before its reign is applied: it may propose.</summary>
    public bool IsLeading => _leadingTerm != 0 && _leadingTerm == _node.Term && _node.Role == RaftRole.Leader;

    /// <summary>The name of the silo that leads, as far as it is known here.</summary>
    public string? LeaderName => _node.Leader == 0 ? null : _services.Peers.Current.NameOf(new ReplicaId(_node.Leader).Silo);

    /// <summary>Takes a proposal whose turn has come, or tells its proposer where to go.</summary>
    public void Admit(Proposal proposal)
    {
        if (_node.Leader != 0 && _node.Leader != _node.Id)
        {
            proposal.Fail(ProposalQueue.NotLeader(LeaderName));
            return;
        }

        if (!_voters.IsQuorumAlive)
        {
            proposal.Fail(ProposalQueue.NoQuorum());
            return;
        }

        if (_node.Leader == 0 && !_voters.IsVoter)
        {
            // It cannot have a leader elected. Whoever has a vote can: a question wakes it, and awake it elects one.
            var other = _voters.AnyOther;
            if (other is { } voter)
            {
                _recovery.Ask(_node, voter);
            }

            proposal.Fail(ProposalQueue.NotLeader(other is { Silo: var silo } ? _services.Peers.Current.NameOf(silo) : null));
            return;
        }

        proposal.Deadline = _services.Now + _services.Options.ProposalTimeout.Ticks;
        _proposals.Add(proposal);
        _campaigns.OnDemand();
    }

    /// <summary>Takes a read that must miss nothing.</summary>
    public void Admit(ReadBarrier barrier)
    {
        _reads.Add(barrier, _node);
        _campaigns.OnDemand();
    }

    public void Step(in RaftMessage message)
    {
        if (message.Kind == MessageKind.Snapshot && message.Term >= _node.Term && message.Snapshot!.Index > _node.CommitIndex)
        {
            // Consensus hears of a snapshot when all that it stands for is here.
            _repair.Cancel();
            Pull(message);
        }
        else
        {
            _node.Step(message);
        }
    }

    public void Tick()
    {
        _node.Tick();
        _proposals.Expire(_services.Now);
        _pull.Tick();
        _recovery.Tick(_node);
        _repair.Tick(_node, _pull.IsUnderWay);
        _reads.Tick(_node);
        _campaigns.Tick();
        if (_node.Role == RaftRole.Leader)
        {
            _duties.TickSnapshots();
        }

        if (IsLeading)
        {
            _machine.OnTick();
            _duties.Tick();
        }
    }

    /// <summary>Lets the node go to sleep, if it has long had nothing to do; as the leader no longer than for <paramref name="due"/>.</summary>
    public bool TryRest(out HibernatedNode asleep, out TimeSpan? due)
    {
        (asleep, due) = (default, null);
        var isBusy = !_proposals.IsEmpty || !_reads.IsEmpty || !_journal.IsIdle || _pull.IsUnderWay || _repair.IsNeeded || _campaigns.IsPending
            || (IsLeading && _replica.NeedsMembers);
        if (!_idle.Tick(_node, isBusy) || !_node.TryHibernate(out asleep))
        {
            return false;
        }

        // The last word of a leader sends the others to sleep.
        while (_node.HasReady)
        {
            Handle(_node.TakeReady());
        }

        due = IsLeading ? _machine.UntilDue() : null;
        _machine.OnFollowing();
        return true;
    }

    /// <summary>The silo that led the group is dead.</summary>
    public void OnLeaderLost() => _campaigns.OnLeaderLost();

    /// <summary>A silo was started anew: what was on its way there is lost.</summary>
    public void OnPeerRestarted(SiloNumber silo)
    {
        foreach (var member in _node.Members.ToArray())
        {
            if (new ReplicaId(member.Id).Silo == silo)
            {
                _node.ReportUnreachable(member.Id);
                _node.ReportSnapshot(member.Id, isInstalled: false);
            }
        }
    }

    public void OnLogStatus(LogStatus status) => _recovery.OnAnswer(_node, status);

    public void OnDurable(JournalCompletion completion)
    {
        SettleDue();
        _journal.Complete(completion);
        Settle(completion);
    }

    /// <summary>Proposes what waits, then hands out everything the node has to say.</summary>
    public void ProcessReady()
    {
        do
        {
            SettleDue();
            if (_pull.TryTake(out var message, out var import))
            {
                StepSnapshot(message, import);
            }

            ProposeWaiting();
            while (_node.HasReady)
            {
                Handle(_node.TakeReady());
                SettleDue();
                NoticeRole();
            }
        }
        while (_proposals.HasWaiting && CanPropose);
    }

    /// <summary>
    /// The state for a checkpoint whose journal file has begun. What the journal holds beyond that state goes into the new file
    /// once more, since the old ones are about to be reused.
    /// </summary>
    public void JournalAgain()
    {
        ReadOnlyMemory<Entry> unapplied = default;
        if (_log.LastIndex > _position.AppliedIndex)
        {
            _log.TryGetEntries(_position.AppliedIndex + 1, _log.LastIndex + 1, ulong.MaxValue, out unapplied);
        }

        _journal.WriteAgain(unapplied.Span);
    }

    /// <summary>Nobody will be answered any more.</summary>
    public void Abandon()
    {
        _proposals.FailProposed(leader: null);
        _proposals.RefuseWaiting(leader: null);
        _reads.Abandon();
        _pull.Cancel();
        _repair.Cancel();
        if (_leadingTerm != 0)
        {
            EndLeading();
        }
    }

    private static RaftOptions OptionsFor(Replica replica, ReplicaServices services, ReplicaPosition position, MembershipPool memberships)
    {
        return new RaftOptions
        {
            Id = replica.Id.Value,
            ElectionTicks = services.Options.ElectionTicks,
            HeartbeatTicks = services.Options.HeartbeatTicks,
            Applied = position.AppliedIndex,
            Random = services.Random,
            MaxUncommittedBytes = 0,
            MaxEntriesBytesPerMessage = (ulong)services.Options.MaxAppendBytes,
            MaxApplyingBytes = 4 << 20,
            VoteRestriction = position.Restriction,
            Memberships = memberships,
        };
    }

    private bool CanPropose => IsLeading && _node.TransferTarget == 0;

    private void ProposeWaiting()
    {
        while (CanPropose && _proposals.TryTake(out var waiting))
        {
            _due.Clear();
            waiting.Release(_due);
            foreach (var proposal in _due)
            {
                Propose(proposal);
            }
        }
    }

    private void Propose(Proposal proposal)
    {
        _commands.Clear();
        if (!proposal.TryPrepare(_node.Term, _commands))
        {
            return;
        }

        var result = _node.Propose(CollectionsMarshal.AsSpan(_commands));
        if (!result.IsAccepted)
        {
            // Nothing bounds proposals here but leadership, which was checked: the machine's idea of its tail would be wrong now.
            throw new InvalidOperationException($"The leader of group {_replica.Group} refused its own proposal: {result.Outcome}.");
        }

        _proposals.OnProposed(result.FirstIndex, result.Term, proposal);
    }

    /// <summary>Tells the machine and the proposers when leadership ends, or when somebody else's begins.</summary>
    private void NoticeRole()
    {
        if (_node.Role == RaftRole.Leader && _electedTerm != _node.Term)
        {
            _electedTerm = _node.Term;
            _services.Observer.OnElected(_replica.Group, _node.Term, _node.LastIndex);
        }

        if (_leadingTerm != 0 && !IsLeading)
        {
            EndLeading();
            _proposals.FailProposed(LeaderName);
            _services.Observer.OnFollowing(_replica.Group);
        }

        if (_node.Leader == _knownLeader)
        {
            return;
        }

        _knownLeader = _node.Leader;
        _reads.AskAgain(_node);
        if (_knownLeader != 0 && _knownLeader != _node.Id)
        {
            _proposals.RefuseWaiting(LeaderName);
        }
    }

    /// <summary>Settles what waited only for the writes before it.</summary>
    private void SettleDue()
    {
        while (_journal.TryTakeDue(out var completion))
        {
            Settle(completion);
        }
    }

    private void Settle(JournalCompletion completion)
    {
        if (completion.HardState is { } hardState)
        {
            _position.HardState = hardState;
            _log.Entries.SetHardState(hardState);
        }

        if (completion.Snapshot is { } snapshot)
        {
            Install(snapshot);
        }

        _log.Entries.Append(completion.Entries.Span);
        _services.Observer.OnAppended(_replica.Group, completion.Entries.Span);
        Deliver(completion.Responses);
        if (completion.Restriction is { } restriction)
        {
            KeepRestriction(restriction);
        }

        _journal.Recycle(completion);
    }

    private void Handle(in Ready ready)
    {
        foreach (ref readonly var read in ready.ReadStates)
        {
            _reads.OnConfirmed(read);
        }

        foreach (ref readonly var message in ready.Messages)
        {
            switch (message.Kind)
            {
                case MessageKind.StorageAppend:
                    Write(message);
                    break;
                case MessageKind.StorageApply:
                    Apply(message.Entries.Span);
                    Deliver(message.Responses);
                    break;
                default:
                    _replica.Send(message);
                    break;
            }
        }

        if (ready.VoteRestriction is { } restriction && !_journal.TryDefer(restriction))
        {
            KeepRestriction(restriction);
        }

        _reads.Release(_position.AppliedIndex);
    }

    private void Write(in RaftMessage message) =>
        _journal.Write(message, message.Snapshot is { } snapshot ? SnapshotContent.Of(snapshot).ToStored(snapshot, _replica.Id) : null);

    private void Apply(ReadOnlySpan<Entry> entries)
    {
        var bytes = 0ul;
        var hasMembers = false;
        foreach (ref readonly var entry in entries)
        {
            var result = _applier.Apply(_node, entry);
            bytes += entry.SizeBytes;
            hasMembers |= entry.Kind != EntryKind.Normal;
            _proposals.OnApplied(entry, result);
            if (entry.Term == _node.Term && _node.Role == RaftRole.Leader && _leadingTerm != _node.Term)
            {
                BeginLeading();
            }
        }

        if (hasMembers)
        {
            _journal.WriteCommit();
        }

        // Messages are in the segments from here on, and the journal has what a restart needs.
        _log.Compact(_position.AppliedIndex, bytes, _node.ConfState.Voters.Count > 1 ? _services.Options.RetainedLogBytes : 0);
        _machine.OnApplied();
    }

    private void BeginLeading()
    {
        _leadingTerm = _node.Term;
        _replica.SetLeading(isLeading: true);
        _machine.OnLeading(_node.Term);
        _services.Observer.OnLeading(_replica.Group, _node.Term);
    }

    private void EndLeading()
    {
        _leadingTerm = 0;
        _replica.SetLeading(isLeading: false);
        _machine.OnFollowing();
    }

    private void Deliver(IReadOnlyList<RaftMessage> responses)
    {
        for (var i = 0; i < responses.Count; i++)
        {
            if (responses[i].To == _node.Id)
            {
                _node.Step(responses[i]);
            }
            else
            {
                _replica.Send(responses[i]);
            }
        }
    }

    /// <summary>
    /// What is left of it goes into the next checkpoint, and so not before what justifies it is durable: a term, or entries that
    /// were missing. Lost before that, it only restricts for longer.
    /// </summary>
    private void KeepRestriction(VoteRestriction restriction)
    {
        _position.Fault = restriction.IsNone ? null : new GroupFault { KnownTerm = restriction.Term, KnownIndex = restriction.Index };
        if (restriction.IsNone)
        {
            // Until a checkpoint has taken it in, a restart would find the replica restricted still, and with another one lost there may be
            // no majority.
            _journal.WriteState();
            _services.Checkpoints.Want();
            _services.Observer.OnMended(_replica.Group);
        }
    }
}
