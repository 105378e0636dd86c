using Bayou.Raft.Log;
using Bayou.Raft.Membership;
using Bayou.Raft.Quorum;
using Bayou.Raft.Replication;

namespace Bayou.Raft;

/// <summary>
/// One replica of a replicated log: the Raft algorithm as a machine without clock, disk, network or threads. The driver feeds it ticks,
/// proposals and messages, takes a <see cref="Ready"/> and does what that says; the same calls give the same results in every run.
/// It is not thread safe. After a <see cref="RaftInvariantException"/> it must not be used again.
/// <para>
/// The rules stand in one file for each role: <c>RaftNode.Follower.cs</c>, <c>.Candidate.cs</c>, <c>.Leader.cs</c>. Elections, terms,
/// replication, membership, reads and the hand-over to the driver have files of their own.
/// </para>
/// </summary>
public sealed partial class RaftNode
{
    private readonly RaftOptions _options;
    private readonly IRaftObserver? _observer;
    private readonly RaftLog _log;
    private readonly Ballots _ballots = new();

    private MemberSet _members = MemberSet.Empty;
    private ProgressTable _progress = ProgressTable.Empty;

    /// <summary>Ticks since the last word from a leader, or since a leader last checked its quorum.</summary>
    private int _electionElapsed;

    /// <summary>Ticks since a leader's last heartbeat.</summary>
    private int _heartbeatElapsed;

    /// <summary>A replica as its storage remembers it.</summary>
    /// <exception cref="ArgumentException">The options are wrong; the message lists every reason.</exception>
    /// <exception cref="RaftInvariantException">The storage contradicts itself.</exception>
    public RaftNode(RaftOptions options, IRaftStorage storage)
        : this(options, storage, asleep: null)
    {
    }

    private RaftNode(RaftOptions options, IRaftStorage storage, in HibernatedNode? asleep)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(storage);
        if (options.Validate() is { Count: > 0 } errors)
        {
            throw new ArgumentException(string.Join(' ', errors), nameof(options));
        }

        _options = options;
        _observer = options.Observer;
        var maxApplyingBytes = options.MaxApplyingBytes != 0 ? options.MaxApplyingBytes : options.MaxEntriesBytesPerMessage;
        _log = new RaftLog(storage, Math.Max(1, maxApplyingBytes));
        if (asleep is { } state)
        {
            Resume(state);
        }
        else
        {
            Restart(storage);
        }

        _observer?.OnRoleChanged(this);
        _reportedSoftState = CurrentSoftState;
    }

    /// <summary>This replica.</summary>
    public ulong Id => _options.Id;

    /// <summary>The latest term it knows of. Never goes back.</summary>
    public ulong Term { get; private set; }

    /// <summary>Whom it voted for in this term; 0 for nobody. Set once in a term.</summary>
    public ulong Vote { get; private set; }

    /// <summary>The leader of this term as far as it knows; 0 for none.</summary>
    public ulong Leader { get; private set; }

    /// <summary>What it is.</summary>
    public RaftRole Role { get; private set; }

    /// <summary>The successor to whom leadership is being handed over; 0 for none.</summary>
    public ulong TransferTarget { get; private set; }

    /// <summary>The first index in its log that is not compacted.</summary>
    public ulong FirstIndex => _log.FirstIndex;

    /// <summary>The last index in its log, durable or not.</summary>
    public ulong LastIndex => _log.LastIndex;

    /// <summary>The term of its last entry.</summary>
    public ulong LastTerm => _log.LastTerm;

    /// <summary>The highest index it knows to be committed.</summary>
    public ulong CommitIndex => _log.Committed;

    /// <summary>The highest index handed out to be applied.</summary>
    public ulong ApplyingIndex => _log.Applying;

    /// <summary>The highest index reported as applied.</summary>
    public ulong AppliedIndex => _log.Applied;

    /// <summary>The membership that holds.</summary>
    public ConfState ConfState => _members.ConfState;

    /// <summary>What it knows about the members, in order of their ids; up to date on a leader only.</summary>
    public ReadOnlySpan<Progress> Members => _progress.Members;

    /// <summary>Whether it may become leader: a voter that is neither restricted nor installing a snapshot.</summary>
    public bool IsPromotable => VoteRestriction.IsNone && _progress.Find(Id) is { IsLearner: false } && _log.Tail.Snapshot is null;

    /// <summary>The wait drawn for the present election timeout, in ticks.</summary>
    internal int ElectionTimeout { get; set; }

    /// <summary>Ticks left of the lease within which it does not vote against its leader.</summary>
    internal int RemainingLeaseTicks => _options.ElectionTicks - _electionElapsed;

    internal RaftLog Log => _log;

    /// <summary>One unit of time passes.</summary>
    public void Tick()
    {
        if (Role == RaftRole.Leader)
        {
            TickLeader();
        }
        else
        {
            TickElection();
        }
    }

    /// <summary>Campaigns now, as if the election timeout had passed.</summary>
    public void Campaign() => StartElection(_options.PreVote ? CampaignKind.PreElection : CampaignKind.Election);

    /// <summary>
    /// Forgets the leader, so that the lease no longer keeps this follower from voting for another. For a driver that knows that the
    /// leader is dead.
    /// </summary>
    public void ForgetLeader()
    {
        if (Role != RaftRole.Follower || Leader == 0)
        {
            return;
        }

        if (_options.ReadOnlyOption == ReadOnlyOption.LeaseBased)
        {
            _observer?.OnForgetLeaderRefused(this);
            return;
        }

        _observer?.OnForgettingLeader(this);
        Leader = 0;
        _isQuiesced = false;
    }

    private void Restart(IRaftStorage storage)
    {
        var (hardState, confState) = storage.InitialState;
        RestoreMembers(confState, Math.Max(_options.Applied, storage.FirstIndex - 1));
        (Term, Vote, VoteRestriction) = (hardState.Term, hardState.Vote, _options.VoteRestriction);
        var committed = hardState.Commit;
        if (!VoteRestriction.IsNone)
        {
            // What is left of the log is the better witness where it is the later one, nobody has promised anything before term 1, and the
            // entries up to the commit index may be gone.
            var term = Math.Max(Term, Math.Max(LastTerm, 1));
            Vote = term > Term ? 0 : Vote;
            Term = term;
            committed = Math.Min(committed, LastIndex);
        }

        // The commit index need not be synced, so what was compacted or applied may lie beyond the stored one; it was committed all the same.
        _log.CommitTo(Math.Max(committed, _options.Applied));
        if (_options.Applied > _log.Applied)
        {
            _log.AppliedTo(_options.Applied, 0);
        }

        EnterTerm(Term);
        _reportedHardState = new HardState(hardState.Term, hardState.Vote, _log.Committed);
        _reportedRestriction = VoteRestriction;
        LiftFloorIfReached();
    }
}
