using Bayou.Grains.Replication;

namespace Bayou.Grains.Channels;

/// <summary>An operator's wish on its way into a channel's log: which trim it makes is decided when it is proposed, like every other trim.</summary>
internal sealed class PurgeProposal(Replica replica, ChannelReplica channel, ulong before) : Proposal(replica)
{
    private readonly TaskCompletionSource<bool> _applied = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>False if there was nothing to remove.</summary>
    public Task<bool> Applied => _applied.Task;

    public override bool TryPrepare(ulong term, List<ReadOnlyMemory<byte>> commands)
    {
        if (channel.TakeBelow(before) is not { } trim)
        {
            _applied.SetResult(false);
            return false;
        }

        commands.Add(trim);
        return true;
    }

    public override void Complete(object? result)
    {
        if (result is null)
        {
            _applied.SetResult(true);
        }
        else
        {
            Fail(ReplicaUnavailableException.Ended(channel.Name.Value));
        }
    }

    public override void Fail(ReplicaUnavailableException reason) => _applied.SetException(reason);
}
