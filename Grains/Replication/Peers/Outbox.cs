using Bayou.Raft;
using Bayou.Records;
using Google.Protobuf;

namespace Bayou.Grains.Replication.Peers;

/// <summary>
/// What one worker has to say to other silos in one round: a frame per silo and lane, so that the messages of many groups travel
/// together. Used by its worker only.
/// </summary>
internal sealed class Outbox(PeerDirectory peers, PeerLiveness liveness, IPeerNetwork network)
{
    /// <summary>A frame is sent before it grows beyond this; a single larger message goes alone.</summary>
    private const int TargetFrameBytes = 256 * 1024;

    private const int LaneCount = 3;

    private readonly SortedDictionary<SiloNumber, FrameBuilder[]> _frames = [];

    public void Add(GroupId group, in RaftMessage message)
    {
        var target = new ReplicaId(message.To).Silo;
        var lane = LaneOf(message.Kind);
        var frame = FrameFor(target, lane, RaftMessageCodec.Measure(message));
        frame.Add(group, message);
    }

    public void Add(SiloNumber target, PeerLane lane, FrameItem kind, IMessage content) =>
        FrameFor(target, lane, content.CalculateSize()).Add(kind, content);

    public void Flush()
    {
        foreach (var (target, lanes) in _frames)
        {
            for (var lane = 0; lane < LaneCount; lane++)
            {
                Flush(target, (PeerLane)lane, lanes[lane]);
            }
        }
    }

    private static PeerLane LaneOf(MessageKind kind) => kind switch
    {
        // Sleep must not overtake the entries before it.
        MessageKind.Append or MessageKind.AppendResponse or MessageKind.Quiesce => PeerLane.Append,
        MessageKind.Snapshot => PeerLane.Bulk,
        _ => PeerLane.Control,
    };

    private FrameBuilder FrameFor(SiloNumber target, PeerLane lane, int bytes)
    {
        if (!_frames.TryGetValue(target, out var lanes))
        {
            _frames[target] = lanes = [new FrameBuilder(), new FrameBuilder(), new FrameBuilder()];
        }

        var frame = lanes[(int)lane];
        if (frame.Length + bytes > TargetFrameBytes)
        {
            Flush(target, lane, frame);
        }

        return frame;
    }

    private void Flush(SiloNumber target, PeerLane lane, FrameBuilder frame)
    {
        if (frame.IsEmpty)
        {
            return;
        }

        // A silo that is not in the directory (any more) gets nothing: whatever this was, consensus does without it.
        if (peers.Current.NameOf(target) is { } name)
        {
            network.Send(name, lane, frame.Complete(peers.Current.HeaderTo(target, liveness.StartsFor(target))));
        }

        frame.Clear();
    }
}
