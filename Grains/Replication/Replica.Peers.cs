using Bayou.Grains.Replication.Peers;
using Bayou.Grains.Replication.Peers.Wire;
using Bayou.Grains.Replication.Repair;
using Bayou.Grains.Replication.Snapshots;
using Bayou.Raft;
using Google.Protobuf;

namespace Bayou.Grains.Replication;

/// <summary>What a replica hears from other silos, and says to them.</summary>
internal sealed partial class Replica
{
    public void Step(in RaftMessage message)
    {
        if (!_isRetired && message.To == Id.Value)
        {
            Wake().Step(message);
            _worker.Touch(this);
        }
    }

    public void Send(in RaftMessage message)
    {
        if (!_isRetired)
        {
            _worker.Outbox.Add(Group, message);
        }
    }

    public void Send(SiloNumber target, PeerLane lane, FrameItem kind, IMessage content) => _worker.Outbox.Add(target, lane, kind, content);

    public void OnChunk(Chunk chunk) => _driver?.OnChunk(chunk);

    public void OnPrepared(ImportPrepared outcome) => _driver?.OnPrepared(outcome);

    public void OnManifestRequest(ManifestRequest request)
    {
        if (!_isRetired && request.To == Id.Value && Messages is { } messages)
        {
            Send(new ReplicaId(request.From).Silo, PeerLane.Bulk, FrameItem.Manifest, new Manifest
            {
                Group = Group.Value,
                From = Id.Value,
                To = request.From,
                Data = UnsafeByteOperations.UnsafeWrap(messages.Describe().Encode()),
            });
        }
    }

    public void OnManifest(SiloNumber from, Manifest manifest)
    {
        if (!_isRetired && manifest.To == Id.Value)
        {
            Wake().OnManifest(from, manifest);
        }
    }

    public void OnPublish(SiloNumber from, Publish publish) => Published(from, publish);

    public void OnSnapshotFailed(SnapshotFailed failure) => _driver?.OnSnapshotFailed(failure);

    public void OnLogStatusRequest(LogStatusRequest request)
    {
        if (!_isRetired && request.To == Id.Value)
        {
            Send(new ReplicaId(request.From).Silo, PeerLane.Control, FrameItem.LogStatus, LogRecovery.Answer(request, Wake().Node));
        }
    }

    public void OnLogStatus(LogStatus status)
    {
        if (!_isRetired && status.To == Id.Value)
        {
            Wake().OnLogStatus(status);
            _worker.Touch(this);
        }
    }

    /// <summary>Another silo fetches a part of the leader's snapshot.</summary>
    public void OnChunkServed(SiloNumber silo) => _driver?.OnChunkServed(silo);

    /// <summary>A silo was started anew: what was on its way there is lost.</summary>
    public void OnPeerRestarted(SiloNumber silo) => _driver?.OnPeerRestarted(silo);
}
