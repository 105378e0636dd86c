using Bayou.Grains.Interfaces.Messages;
using Bayou.Grains.Replication;
using Bayou.Records;

namespace Bayou.Grains.Channels;

/// <summary>A record batch on its way into a channel's log.</summary>
internal sealed class PublishProposal(Replica replica, ChannelReplica channel, RecordBatch header, Memory<byte> batch) : Proposal(replica)
{
    // A gateway in this process continues right here, on the worker, and a grain on its own scheduler: no further change of thread.
    private readonly TaskCompletionSource<PublishResult> _applied = new();
    private PublishProposal? _attached;

    public Task<PublishResult> Applied => _applied.Task;

    /// <summary>Gateway, number and what is ahead; the leader's fields are not stamped yet.</summary>
    public RecordBatch Header { get; } = header;

    /// <summary>Another copy of the same batch shares this one's fate.</summary>
    public void Attach(PublishProposal copy)
    {
        var last = this;
        while (last._attached is { } next)
        {
            last = next;
        }

        last._attached = copy;
    }

    public override void Release(List<Proposal> due) => channel.Sequence(this, due);

    public override bool TryPrepare(ulong term, List<ReadOnlyMemory<byte>> commands)
    {
        if (channel.TryPrepare(this, batch, term, commands))
        {
            return true;
        }

        Fail(new ReplicaUnavailableException("The disk is nearly full.") { Reason = ReplicaUnavailability.DiskNearlyFull });
        return false;
    }

    public override void Complete(object? result)
    {
        if (result is not ulong firstSequence)
        {
            Fail(ReplicaUnavailableException.Ended(channel.Name.Value));
            return;
        }

        _applied.SetResult(new PublishResult(firstSequence, Error: null));
        _attached?.Complete(result);
    }

    private static PublishRetry RetryOf(ReplicaUnavailableException reason) => reason.Reason switch
    {
        ReplicaUnavailability.NoQuorum => PublishRetry.NoQuorum,
        ReplicaUnavailability.DiskNearlyFull or ReplicaUnavailability.OutOfOrder => PublishRetry.No,
        _ => PublishRetry.Elsewhere,
    };

    public override void Fail(ReplicaUnavailableException reason)
    {
        _applied.SetResult(new PublishResult(0, ChannelErrors.Of(reason), RetryOf(reason)));
        _attached?.Fail(reason);
    }
}
