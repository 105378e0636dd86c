using System.Buffers.Binary;
using Bayou.Raft;
using Bayou.Raft.Membership;
using Xunit;

namespace Bayou.Unit.Raft;

/// <summary>
/// A cluster under one random source: it decides what happens next, what is lost, repeated, overtaken and cut off, who crashes,
/// and what the clients want. The same seed gives the same run.
/// </summary>
internal sealed class ChaosCluster
{
    private const int MaxReplicaCount = 7;
    private const int CheckEverySteps = 500;

    private readonly Random _random;
    private readonly ChaosSchedule _schedule;
    private readonly ChaosOracle _oracle = new();
    private readonly List<ChaosReplica> _replicas = [];
    private readonly List<RaftMessage> _network = [];
    private readonly List<RaftMessage> _lostSnapshots = [];
    private readonly HashSet<(ulong From, ulong To)> _cut = [];
    private readonly ConfState _bootstrap;
    private ulong _nextValue;
    private ulong _nextRead;
    private bool _isCalm;

    public ChaosCluster(int seed, Func<ChaosSchedule, ChaosSchedule> adjust)
    {
        _random = new Random(seed);
        _schedule = adjust(ChaosSchedule.Draw(_random));
        _bootstrap = ConfState.OfVoters([.. Enumerable.Range(1, _schedule.ReplicaCount).Select(i => (ulong)i)]);
        foreach (var id in _bootstrap.Voters)
        {
            _replicas.Add(new ChaosReplica(id, _bootstrap, OptionsOf));
        }
    }

    public ChaosOracle Oracle => _oracle;

    /// <summary>How often a replica fell asleep.</summary>
    public int SleepCount { get; private set; }

    /// <summary>How often a disk lost something.</summary>
    public int RotCount { get; private set; }

    /// <summary>Anything may happen.</summary>
    public void RunRough(int steps)
    {
        for (var i = 0; i < steps; i++)
        {
            StepOnce();
        }
    }

    /// <summary>All faults end; the cluster must come to commit something new and all members must apply it, within a bounded time.</summary>
    public void RunCalm(int maxSteps)
    {
        _isCalm = true;
        _cut.Clear();
        var target = 0ul;
        for (var i = 0; i < maxSteps; i++)
        {
            StepOnce();
            if (i % CheckEverySteps != 0)
            {
                continue;
            }

            if (target != 0 && _replicas.Where(IsMember).All(r => r.AppliedIndex >= target))
            {
                return;
            }

            if (target == 0 && _replicas.Find(r => r.Node.Role == RaftRole.Leader) is { } leader)
            {
                var result = leader.Node.Propose(NextValue());
                target = result.IsAccepted ? result.FirstIndex : 0;
            }
        }

        Assert.Fail($"Entry {target} is not applied everywhere although the faults have ended.\n{Describe()}");
    }

    private RaftOptions OptionsOf(ulong id) => new()
    {
        Id = id,
        ElectionTicks = 10,
        HeartbeatTicks = 2,
        PreVote = _schedule.PreVote,
        CheckQuorum = _schedule.CheckQuorum,
        MaxEntriesBytesPerMessage = _schedule.MaxEntriesBytesPerMessage,
        MaxApplyingBytes = 300,
        MaxInflightMessages = _schedule.MaxInflightMessages,
        ForwardProposals = true,
        Random = new Random(_random.Next()),
        Observer = _oracle,
    };

    private bool IsMember(ChaosReplica replica)
    {
        var members = _replicas.MaxBy(r => r.AppliedIndex)!.ConfState;
        return members.Voters.Contains(replica.Id) || members.VotersOutgoing.Contains(replica.Id) || members.Learners.Contains(replica.Id);
    }

    private string Describe() => $"{_schedule}, {_network.Count} messages\n" + string.Join('\n', _replicas.Select(static r =>
        $"{r.Id}: {r.Node.Role} in term {r.Node.Term}, leader {r.Node.Leader}, log [{r.Node.FirstIndex}, {r.Node.LastIndex}], "
        + $"committed {r.Node.CommitIndex}, applied {r.AppliedIndex}, voters {string.Join(' ', r.ConfState.Voters)} "
        + $"out {string.Join(' ', r.ConfState.VotersOutgoing)}; {string.Join(", ", r.Node.Members.ToArray().Select(Scripts.ScriptText.Of))}"));

    private void StepOnce()
    {
        var replica = _replicas[_random.Next(_replicas.Count)];
        switch (_random.Next(10))
        {
            case 0 when replica.IsAwake:
                replica.Node.Tick();
                LiftIfDue(replica);
                break;
            case 1 when Happens(_isCalm ? 0.1 : _schedule.Activity):
                ActAsClient(replica);
                break;
            case 2 when !_isCalm:
                Disturb(replica);
                break;
            case 3 or 4 when replica.HasWrites:
                Send(replica.FinishWrite());
                if (!_isCalm && Happens(_schedule.Rot))
                {
                    // Right after a promise is when a loss hurts most.
                    Rot(replica);
                }

                break;
            case 5 when replica.HasApplies:
                replica.Apply(entry => _oracle.OnApplied(replica.Id, entry));
                break;
            case 6 when replica.HasReady:
                Send(replica.TakeMessages(read => _oracle.OnReadAnswered(replica.Id, read)));
                break;
            default:
                DeliverOne();
                break;
        }

        if (replica.IsAwake)
        {
            _oracle.OnStepDone(replica.Node);
        }
    }

    private void ActAsClient(ChaosReplica replica)
    {
        if (Happens(_schedule.MembershipChange))
        {
            ChangeMembership(replica);
        }
        else if (Happens(_schedule.Transfer))
        {
            replica.Node.TransferLeadership((ulong)_random.Next(1, _replicas.Count + 1));
        }
        else if (_random.Next(4) == 0)
        {
            _oracle.OnReadAsked(replica.Id, ++_nextRead);
            replica.Node.ReadIndex(_nextRead);
        }
        else
        {
            ReadOnlyMemory<byte>[] batch = [.. Enumerable.Range(0, _random.Next(1, 4)).Select(_ => NextValue())];
            replica.Node.Propose(batch);
        }
    }

    private ReadOnlyMemory<byte> NextValue()
    {
        var value = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(value, ++_nextValue);
        return value;
    }

    private void ChangeMembership(ChaosReplica replica)
    {
        var steps = new List<ConfChangeStep>();
        for (var i = _random.Next(1, 4); i > 0; i--)
        {
            var id = (ulong)_random.Next(1, MaxReplicaCount + 1);
            var kind = (ConfChangeKind)_random.Next(4);
            steps.Add(new ConfChangeStep(kind, id));
        }

        // Leave at least one voter; everything else is allowed.
        var keeper = replica.ConfState.Voters.Count > 0 ? replica.ConfState.Voters[0] : 1;
        steps.Add(new ConfChangeStep(ConfChangeKind.AddVoter, keeper));
        replica.Node.ProposeConfChange(new ConfChange { Steps = steps, Transition = ConfChangeTransition.JointImplicit });
        while (_replicas.Count < MaxReplicaCount && steps.Exists(s => s.Replica > (ulong)_replicas.Count))
        {
            _replicas.Add(new ChaosReplica((ulong)_replicas.Count + 1, _bootstrap, OptionsOf));
        }
    }

    private void Disturb(ChaosReplica replica)
    {
        if (Happens(_schedule.Crash))
        {
            replica.Crash();
            OnCrashed(replica);
        }
        else if (Happens(_schedule.Rot))
        {
            Rot(replica);
        }
        else if (Happens(_schedule.Hibernation))
        {
            if (replica.TrySleep(out var farewell))
            {
                SleepCount++;
                Send(farewell);
            }
        }
        else if (Happens(_schedule.Compaction))
        {
            replica.Compact();
        }
        else if (Happens(_schedule.Partition))
        {
            CutOrHeal(replica);
        }
    }

    /// <summary>Only a minority is damaged at a time: what a majority has lost nobody can bring back.</summary>
    private void Rot(ChaosReplica replica)
    {
        var damaged = _replicas.Count(r => r == replica || !r.Node.VoteRestriction.IsNone);
        if (damaged > (_replicas.Count - 1) / 2)
        {
            return;
        }

        RotCount++;
        var last = replica.Disk.FirstIndex - 1 + (ulong)_random.Next((int)(replica.Disk.LastIndex - replica.Disk.FirstIndex) + 2);
        replica.Rot(last, losesHardState: Happens(_schedule.Amnesia), _schedule.IsDamageRestricted);
        OnCrashed(replica);
    }

    /// <summary>A replica that has forgotten a vote counts on links to end with either end, so that an old vote cannot arrive after all.</summary>
    private void OnCrashed(ChaosReplica replica)
    {
        if (_schedule.Rot > 0 && _schedule.Amnesia > 0)
        {
            _lostSnapshots.AddRange(_network.Where(m => m.To == replica.Id && m.Kind == MessageKind.Snapshot));
            _network.RemoveAll(m => m.To == replica.Id);
        }
    }

    /// <summary>What a driver does that has asked all others.</summary>
    private void LiftIfDue(ChaosReplica replica)
    {
        if (!replica.Node.VoteRestriction.IsNoVote || _random.Next(20) != 0)
        {
            return;
        }

        var term = 0ul;
        var floor = VoteRestriction.None;
        foreach (var other in _replicas.Where(r => r != replica).Select(r => r.Node))
        {
            term = Math.Max(term, other.Term);
            floor = VoteRestriction.Max(floor, new VoteRestriction(other.LastTerm, other.LastIndex));
            floor = other.VoteRestriction.IsNoVote ? floor : VoteRestriction.Max(floor, other.VoteRestriction);
        }

        replica.Node.Lift(term, floor);
    }

    private void CutOrHeal(ChaosReplica replica)
    {
        if (_random.Next(2) == 0)
        {
            _cut.Clear();
            return;
        }

        // Sometimes only one direction is cut.
        var isSymmetric = _random.Next(2) == 0;
        foreach (var other in _replicas.Where(_ => _random.Next(2) == 0))
        {
            _cut.Add((replica.Id, other.Id));
            if (isSymmetric)
            {
                _cut.Add((other.Id, replica.Id));
            }
        }
    }

    private void Send(IReadOnlyList<RaftMessage> messages)
    {
        foreach (var message in messages)
        {
            if (!_isCalm && (Happens(_schedule.Loss) || _cut.Contains((message.From, message.To))))
            {
                _lostSnapshots.AddRange(message.Kind == MessageKind.Snapshot ? [message] : []);
                continue;
            }

            _network.Add(message);
            if (!_isCalm && Happens(_schedule.Duplication))
            {
                _network.Add(message);
            }
        }
    }

    private void DeliverOne()
    {
        if (_network.Count == 0)
        {
            return;
        }

        // Any message may overtake any other, however old.
        var chosen = _random.Next(_random.Next(3) == 0 ? _network.Count : Math.Min(3, _network.Count));
        var message = _network[chosen];
        _network.RemoveAt(chosen);
        if (message.To > (ulong)_replicas.Count)
        {
            return;
        }

        var receiver = _replicas[(int)message.To - 1];
        receiver.Node.Step(message);
        ReportSnapshots(message);
        _oracle.OnStepDone(receiver.Node);
    }

    /// <summary>The link tells the leader about a snapshot that got lost, later; and about one that arrived, sometimes wrongly.</summary>
    private void ReportSnapshots(in RaftMessage delivered)
    {
        if (delivered.Kind == MessageKind.Snapshot)
        {
            _replicas[(int)delivered.From - 1].Node.ReportSnapshot(delivered.To, isInstalled: _random.Next(4) != 0);
        }

        if (_lostSnapshots.Count > 0 && _random.Next(10) == 0)
        {
            _replicas[(int)_lostSnapshots[0].From - 1].Node.ReportSnapshot(_lostSnapshots[0].To, isInstalled: false);
            _lostSnapshots.RemoveAt(0);
        }
    }

    private bool Happens(double probability) => _random.NextDouble() < probability;
}
