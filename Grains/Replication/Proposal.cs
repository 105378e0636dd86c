namespace Bayou.Grains.Replication;

/// <summary>
/// Commands on their way into a group's log. They are prepared when the replica proposes them, not before, since only then is
/// it known what they follow.
/// </summary>
internal abstract class Proposal(Replica replica) : ReplicaTask(replica)
{
    /// <summary>When it is given up if no leader has taken it by then; set by its replica.</summary>
    public long Deadline { get; set; }

    /// <summary>As the leader: adds what may be proposed now to <paramref name="due"/>, in order. This one may have to wait for others.</summary>
    public virtual void Release(List<Proposal> due) => due.Add(this);

    /// <summary>
    /// Adds the commands to propose, one or more; the first one's result completes the proposal. False if it was refused after all, and
    /// its proposer told.
    /// </summary>
    public abstract bool TryPrepare(ulong term, List<ReadOnlyMemory<byte>> commands);

    /// <summary>The first command was applied.</summary>
    public abstract void Complete(object? result);

    /// <summary>It will not be applied, or nobody can say.</summary>
    public abstract void Fail(ReplicaUnavailableException reason);

    protected override void Run() => Replica.Admit(this);
}
