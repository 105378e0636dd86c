namespace Bayou.Raft;

/// <summary>How one replica behaves. Immutable; <see cref="Validate"/> says everything that is wrong with it.</summary>
public sealed record RaftOptions
{
    /// <summary>This replica's id within its group. Never 0, never reused after its storage was lost.</summary>
    public required ulong Id { get; init; }

    /// <summary>
    /// Ticks without word from a leader after which a follower campaigns; each wait is drawn from [this, twice this).
    /// Some ten times <see cref="HeartbeatTicks"/> avoids needless elections.
    /// </summary>
    public int ElectionTicks { get; init; } = 10;

    /// <summary>Ticks between a leader's heartbeats.</summary>
    public int HeartbeatTicks { get; init; } = 1;

    /// <summary>Bytes of entries in one append, counted by <see cref="Entry.SizeBytes"/>; a larger entry goes alone. 0 sends one entry at a time.</summary>
    public ulong MaxEntriesBytesPerMessage { get; init; } = 1024 * 1024;

    /// <summary>Bytes of committed entries that are handed out and not yet applied; 0 stands for <see cref="MaxEntriesBytesPerMessage"/>.</summary>
    public ulong MaxApplyingBytes { get; init; }

    /// <summary>Appends in flight to one follower. With <see cref="MaxEntriesBytesPerMessage"/> it bounds what fills the links.</summary>
    public int MaxInflightMessages { get; init; } = 256;

    /// <summary>Data bytes in flight to one follower; 0 for no limit but that on messages.</summary>
    public ulong MaxInflightBytes { get; init; }

    /// <summary>Data bytes that may wait to be committed before proposals are refused; 0 for no limit. A single proposal always fits.</summary>
    public ulong MaxUncommittedBytes { get; init; }

    /// <summary>Ask whether votes would be given before raising the term, so that a replica that was cut off does not depose a leader.</summary>
    public bool PreVote { get; init; } = true;

    /// <summary>A leader that has not heard from a quorum within an election timeout steps down, and followers refuse votes while theirs is alive.</summary>
    public bool CheckQuorum { get; init; } = true;

    /// <summary>A leader that is removed, or made a learner, steps down when that is applied.</summary>
    public bool StepDownOnRemoval { get; init; } = true;

    /// <summary>
    /// Storage work goes out as messages, and what depends on it comes back as responses, so that writing, applying and
    /// replicating overlap. Without it, each <see cref="Ready"/> is handled completely and then passed to <see cref="RaftNode.Advance"/>.
    /// </summary>
    public bool AsyncStorageWrites { get; init; } = true;

    /// <summary>How reads are confirmed.</summary>
    public ReadOnlyOption ReadOnlyOption { get; init; } = ReadOnlyOption.Safe;

    /// <summary>Whether a follower sends proposals on to the leader. Off, they are refused and the caller goes there itself.</summary>
    public bool ForwardProposals { get; init; }

    /// <summary>Accept membership changes that the configuration does not allow at the moment. Only for testing what they break.</summary>
    public bool SkipConfChangeValidation { get; init; }

    /// <summary>The last index that the application has applied already; 0 to be given everything after the snapshot again.</summary>
    public ulong Applied { get; init; }

    /// <summary>What the replica may not do since its disk lost something, as kept from <see cref="Ready.VoteRestriction"/> or found at this start.</summary>
    public VoteRestriction VoteRestriction { get; init; }

    /// <summary>Shares equal memberships between the groups of one thread, which keeps sleeping ones small; null shares nothing.</summary>
    public MembershipPool? Memberships { get; init; }

    /// <summary>The source of election timeouts. The same seed and the same calls give the same run.</summary>
    public required Random Random { get; init; }

    /// <summary>Told about what happens, if set. It only watches.</summary>
    public IRaftObserver? Observer { get; init; }

    /// <summary>Everything that is wrong, one sentence each; empty if nothing is.</summary>
    public IReadOnlyList<string> Validate()
    {
        var errors = new List<string>();
        Check(Id != 0, "Id must not be 0.");
        Check(!RaftMessage.IsStorageThread(Id), "Id must not be that of a storage thread.");
        Check(Id != HardState.Nobody, "Id must not be that of nobody.");
        Check(HeartbeatTicks > 0, "HeartbeatTicks must be at least 1.");
        Check(ElectionTicks > HeartbeatTicks, "ElectionTicks must be more than HeartbeatTicks.");
        Check(MaxInflightMessages > 0, "MaxInflightMessages must be at least 1.");
        Check(MaxInflightBytes == 0 || MaxInflightBytes >= MaxEntriesBytesPerMessage, "MaxInflightBytes must hold at least one message.");
        Check(ReadOnlyOption != ReadOnlyOption.LeaseBased || CheckQuorum, "Reads by lease need CheckQuorum.");
        return errors;

        void Check(bool isRight, string error)
        {
            if (!isRight)
            {
                errors.Add(error);
            }
        }
    }
}
