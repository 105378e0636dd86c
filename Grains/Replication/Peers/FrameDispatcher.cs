using Bayou.Grains.Replication.Peers.Wire;
using Bayou.Grains.Replication.Snapshots;
using Bayou.Records;

namespace Bayou.Grains.Replication.Peers;

/// <summary>
/// Takes frames of other silos apart and brings their contents to whom they concern. Frames of strangers, of earlier starts of
/// their sender, and for others than this silo, or this start of it, are dropped. Any thread.
/// </summary>
internal sealed class FrameDispatcher(
    PeerDirectory peers, StartMemory starts, PeerLiveness liveness, Func<GroupId, ReplicaWorker> workerOf, ChunkServer chunks, IFrameReceiver receiver, Func<long> now)
{
    public void Dispatch(string peer, ReadOnlyMemory<byte> frame)
    {
        if (!FrameHeader.TryRead(frame.Span, out var header) || header.Silo == peers.Current.OwnSilo)
        {
            return;
        }

        if (IsForThisSilo(header) && !starts.Remembers(header.ToStart))
        {
            receiver.OnOutdated();
            return;
        }

        var isMember = IsFromMember(peer, header);
        if (isMember)
        {
            liveness.OnTold(header.From, header.ToStart);
        }

        if (isMember && liveness.IsStale(header.From, header.Start, header.Follows))
        {
            return;
        }

        if (IsFromUnlisted(header))
        {
            receiver.OnUnlisted(peer, header);
        }

        if (isMember && liveness.OnHeard(header.From, header.Start, header.Follows, now()) is var heard and not HeardStart.Same)
        {
            receiver.OnSiloStarted(header.From, heard);
        }

        var reader = new FrameReader(frame);
        var deliveries = new SortedDictionary<int, (ReplicaWorker Worker, PeerDelivery Delivery)>();
        while (reader.TryNext(out var kind, out var content))
        {
            if (kind == FrameItem.Formation)
            {
                receiver.OnFormation(peer, header, Wire.Formation.Parser.ParseFrom(content.Span));
            }
            else if (isMember)
            {
                Take(header.From, kind, content, deliveries);
            }
        }

        foreach (var (worker, delivery) in deliveries.Values)
        {
            worker.Post(delivery);
        }
    }

    /// <summary>The sender is who it says, in this cluster, and means this silo.</summary>
    private bool IsFromMember(string peer, in FrameHeader header)
    {
        var current = peers.Current;
        return header.Cluster == current.Cluster
            && header.Cluster != Guid.Empty
            && current.Silos.TryGetValue(header.From, out var identity)
            && identity == new PeerIdentity(peer, header.Silo)
            && header.To == current.Own;
    }

    /// <summary>The sender takes itself for one of this cluster, and means this silo by its number, which no other has ever had.</summary>
    private bool IsForThisSilo(in FrameHeader header)
    {
        var current = peers.Current;
        return header.Cluster == current.Cluster && header.Cluster != Guid.Empty && header.To == current.Own && header.To != SiloNumber.None;
    }

    /// <summary>The sender takes itself for one of this cluster, under a number that nobody has now.</summary>
    private bool IsFromUnlisted(in FrameHeader header)
    {
        var current = peers.Current;
        return header.Cluster == current.Cluster
            && header.Cluster != Guid.Empty
            && header.From != SiloNumber.None
            && header.To == current.Own
            && !current.Silos.ContainsKey(header.From);
    }

    private void Take(
        SiloNumber from, FrameItem kind, ReadOnlyMemory<byte> content, SortedDictionary<int, (ReplicaWorker Worker, PeerDelivery Delivery)> deliveries)
    {
        switch (kind)
        {
            case FrameItem.Raft:
                var message = RaftMessageCodec.Read(content, out var group);
                DeliveryFor(group).Add(group, message);
                break;
            case FrameItem.Heartbeat:
                receiver.OnHeartbeat(from, Heartbeat.Parser.ParseFrom(content.Span));
                break;
            case FrameItem.ChunkRequest:
                var request = ChunkRequest.Parser.ParseFrom(content.Span);
                DeliveryFor(new GroupId(request.Group)).Add(new GroupId(request.Group), request);
                break;
            case FrameItem.Chunk:
                var chunk = Chunk.Parser.ParseFrom(content.Span);
                DeliveryFor(new GroupId(chunk.Group)).Add(new GroupId(chunk.Group), chunk);
                break;
            case FrameItem.LogStatusRequest:
                var question = LogStatusRequest.Parser.ParseFrom(content.Span);
                DeliveryFor(new GroupId(question.Group)).Add(new GroupId(question.Group), question);
                break;
            case FrameItem.LogStatus:
                var status = LogStatus.Parser.ParseFrom(content.Span);
                DeliveryFor(new GroupId(status.Group)).Add(new GroupId(status.Group), status);
                break;
            case FrameItem.SnapshotFailed:
                var failed = SnapshotFailed.Parser.ParseFrom(content.Span);
                DeliveryFor(new GroupId(failed.Group)).Add(new GroupId(failed.Group), failed);
                break;
            case FrameItem.ManifestRequest:
                var inquiry = ManifestRequest.Parser.ParseFrom(content.Span);
                DeliveryFor(new GroupId(inquiry.Group)).Add(new GroupId(inquiry.Group), inquiry);
                break;
            case FrameItem.Manifest:
                var manifest = Manifest.Parser.ParseFrom(content.Span);
                DeliveryFor(new GroupId(manifest.Group)).Add(new GroupId(manifest.Group), manifest);
                break;
            case FrameItem.Publish:
                var publish = Publish.Parser.ParseFrom(content.Span);
                DeliveryFor(new GroupId(publish.Group)).Add(new GroupId(publish.Group), publish);
                break;
            case FrameItem.PublishAnswer:
                receiver.OnPublishAnswer(PublishAnswer.Parser.ParseFrom(content.Span));
                break;
            case FrameItem.Command:
                receiver.OnCommand(from, Command.Parser.ParseFrom(content.Span));
                break;
            case FrameItem.CommandResult:
                receiver.OnCommandResult(CommandResult.Parser.ParseFrom(content.Span));
                break;
            default:
                // A newer version may say more; what this one does not know it need not do.
                break;
        }

        PeerDelivery DeliveryFor(GroupId group)
        {
            var worker = workerOf(group);
            if (!deliveries.TryGetValue(worker.Number, out var entry))
            {
                deliveries[worker.Number] = entry = (worker, new PeerDelivery(from, chunks));
            }

            return entry.Delivery;
        }
    }
}
