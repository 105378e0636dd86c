using Bayou.Grains.Replication.Peers.Wire;
using Bayou.Grains.Replication.Snapshots;
using Bayou.Raft;
using Bayou.Records;
using Google.Protobuf;

namespace Bayou.Grains.Replication.Peers;

/// <summary>What one frame brought for the groups of one worker.</summary>
internal sealed class PeerDelivery(SiloNumber from, ChunkServer chunks) : WorkerTask
{
    private readonly List<(GroupId Group, RaftMessage Message)> _messages = [];
    private readonly List<(GroupId Group, IMessage Content)> _others = [];

    public void Add(GroupId group, in RaftMessage message) => _messages.Add((group, message));

    public void Add(GroupId group, IMessage content) => _others.Add((group, content));

    public override void Run(ReplicaWorker worker)
    {
        foreach (var (group, message) in _messages)
        {
            worker.Deliver(group, message);
        }

        foreach (var (group, content) in _others)
        {
            if (worker.Find(group) is { } replica)
            {
                Deliver(replica, content);
                worker.Touch(replica);
            }
        }
    }

    private void Deliver(Replica replica, IMessage content)
    {
        switch (content)
        {
            case ChunkRequest request:
                chunks.Serve(replica, from, request);
                break;
            case Chunk chunk:
                replica.OnChunk(chunk);
                break;
            case LogStatusRequest request:
                replica.OnLogStatusRequest(request);
                break;
            case LogStatus status:
                replica.OnLogStatus(status);
                break;
            case SnapshotFailed failed:
                replica.OnSnapshotFailed(failed);
                break;
            case Publish publish:
                replica.OnPublish(from, publish);
                break;
            case ManifestRequest request:
                replica.OnManifestRequest(request);
                break;
            case Manifest manifest:
                replica.OnManifest(from, manifest);
                break;
            default:
                throw new InvalidOperationException($"Nothing is done with a {content.GetType().Name}.");
        }
    }
}
