namespace Bayou.Grains.Replication;

/// <summary>One finished command.</summary>
internal sealed class CommandProposal(Replica replica, ReadOnlyMemory<byte> command) : Proposal(replica)
{
    private readonly TaskCompletionSource<object?> _applied = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<object?> Applied => _applied.Task;

    public override bool TryPrepare(ulong term, List<ReadOnlyMemory<byte>> commands)
    {
        commands.Add(command);
        return true;
    }

    public override void Complete(object? result) => _applied.SetResult(result);

    public override void Fail(ReplicaUnavailableException reason) => _applied.SetException(reason);
}
