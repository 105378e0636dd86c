using Bayou.Grains.Interfaces.Messages;
using Bayou.Grains.Replication;
using Bayou.Records;

namespace Bayou.Grains.Channels;

/// <summary>A record batch on its way into a channel's log.</summary>
internal sealed class PublishProposal(Replica replica, ChannelReplica channel, RecordBatch header, Memory<byte> batch) : Proposal(replica)
{
    // A gateway in this process continues right here, on the worker, and a grain on its own scheduler: no further change of thread.
    private readonly TaskCompletionSource<PublishResult> _applied = new();

    public Task<PublishResult> Applied => _applied.Task;

    /// <summary>Gateway, number and what is ahead; the leader's fields are not stamped yet.</summary>
    public RecordBatch Header { get; } = header;

    public override void Run() => channel.Sequence(this);

    /// <summary>Its turn has come.</summary>
    public void Propose() => Replica.Admit(this);

    public override void Prepare(ulong term, List<ReadOnlyMemory<byte>> commands) => channel.Prepare(batch, term, commands);

    public override void Complete(object? result) => _applied.SetResult(new PublishResult((ulong)result!, Error: null));

    public override void Fail(Exception exception) => _applied.SetException(exception);
}
