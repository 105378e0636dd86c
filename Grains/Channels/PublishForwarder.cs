using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using Bayou.Grains.Interfaces;
using Bayou.Grains.Interfaces.Messages;
using Bayou.Grains.Replication;
using Bayou.Grains.Replication.Peers;
using Bayou.Grains.Replication.Peers.Wire;
using Google.Protobuf;

namespace Bayou.Grains.Channels;

/// <summary>
/// Brings batches of this silo's gateway to the silos that lead their channels, over the links between the replicas. A replica knows
/// first who leads, and a leader that is lost is noticed here at once, so that the batch can go to the next one.
/// </summary>
internal sealed class PublishForwarder(TimeProvider time, PeerDirectory peers, PeerLiveness liveness)
{
    /// <summary>How long an answer is waited for: a leader whose disk is slow is asked again, and knows the batch.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private static readonly PublishResult Lost = new(0, StanErrors.LeadershipLost, PublishRetry.Elsewhere);

    private readonly Lock _gate = new();
    private readonly SortedDictionary<ulong, Forwarded> _underWay = [];
    private ulong _nextRequest = peers.Current.FirstRequest;

    /// <summary>Sends a batch to the silo that leads; false if that is this one, or nobody, or somebody who is not there. Any thread.</summary>
    public bool TryForward(ChannelReplica channel, BatchBytes batch, [NotNullWhen(true)] out Task<PublishResult>? answer)
    {
        answer = null;
        var leader = LeaderOf(channel);
        if (leader == SiloNumber.None)
        {
            return false;
        }

        var forwarded = new Forwarded(channel, leader, time.GetTimestamp());
        ulong request;
        lock (_gate)
        {
            request = _nextRequest++;
            _underWay.Add(request, forwarded);
        }

        // A copy: the gateway uses its buffer again when time was up, and the worker may come to it later.
        var content = new Publish { Group = channel.Group.Value, Request = request, Batch = ByteString.CopyFrom(batch.Bytes.Span) };
        channel.Replica.Post(new WorkerAction(worker => worker.Outbox.Add(leader, PeerLane.Append, FrameItem.Publish, content)));
        answer = forwarded.Answer.Task;
        return true;
    }

    /// <summary>What became of a batch. Any thread.</summary>
    public void OnResult(PublishAnswer answer)
    {
        Forwarded? forwarded;
        lock (_gate)
        {
            _underWay.Remove(answer.Request, out forwarded);
        }

        forwarded?.Answer.SetResult(new PublishResult(
            answer.FirstSequence, answer.Error.Length > 0 ? answer.Error : null, (PublishRetry)answer.Retry));
    }

    /// <summary>Gives up batches whose silo is lost, or does not lead any more, or says nothing: they have to be sent again.</summary>
    public void Tick()
    {
        var lost = new List<Forwarded>();
        lock (_gate)
        {
            foreach (var (request, forwarded) in _underWay.Where(pair => IsLost(pair.Value)).ToList())
            {
                _underWay.Remove(request);
                lost.Add(forwarded);
            }
        }

        lost.ForEach(forwarded => forwarded.Answer.SetResult(Lost));
    }

    /// <summary>Another silo has sent a batch for a channel that it believes to be led here. On the channel's worker.</summary>
    public static async Task AnswerAsync(ChannelReplica channel, SiloNumber from, Publish publish)
    {
        var result = Lost;
        if (channel.IsLeading)
        {
            try
            {
                result = await channel.Enqueue(new BatchBytes(MemoryMarshal.AsMemory(publish.Batch.Memory)));
            }
            catch (InvalidDataException)
            {
                // The sender is of another version: its client is told so much that the message is not stored.
                result = Lost with { Retry = PublishRetry.No };
            }
        }

        var answer = new PublishAnswer
        {
            Request = publish.Request,
            FirstSequence = result.FirstSequence,
            Error = result.Error ?? string.Empty,
            Retry = (uint)result.Retry,
        };
        channel.Replica.Post(new WorkerAction(worker => worker.Outbox.Add(from, PeerLane.Append, FrameItem.PublishAnswer, answer)));
    }

    private SiloNumber LeaderOf(ChannelReplica channel) =>
        !channel.IsLeading && !channel.Replica.IsRetired && channel.LeaderName is { } name && peers.Current.NumberOf(name) is var number && liveness.IsAlive(number)
            ? number
            : SiloNumber.None;

    private bool IsLost(Forwarded forwarded) =>
        LeaderOf(forwarded.Channel) != forwarded.Leader || time.GetElapsedTime(forwarded.Since) > Patience;

    private sealed record Forwarded(ChannelReplica Channel, SiloNumber Leader, long Since)
    {
        public TaskCompletionSource<PublishResult> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
