namespace Bayou.Grains.Replication;

/// <summary>Waits until this replica has applied everything that was committed anywhere before the question was asked.</summary>
internal sealed class ReadBarrier(Replica replica) : ReplicaTask(replica)
{
    private readonly TaskCompletionSource _passed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Passed => _passed.Task;

    /// <summary>When it is given up; set by its replica.</summary>
    public long Deadline { get; set; }

    /// <summary>What must be applied; 0 until a leader has said so.</summary>
    public ulong Index { get; set; }

    public void Pass() => _passed.SetResult();

    public void Fail(ReplicaUnavailableException reason) => _passed.SetException(reason);

    protected override void Run() => Replica.Admit(this);
}
