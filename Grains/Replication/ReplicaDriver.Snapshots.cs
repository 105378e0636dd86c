using Bayou.Grains.Replication.Peers;
using Bayou.Grains.Replication.Peers.Wire;
using Bayou.Grains.Replication.Snapshots;
using Bayou.Raft;
using Bayou.Storage;

namespace Bayou.Grains.Replication;

/// <summary>Snapshots on their way in and out, and what mends damaged segments, which travels the same way.</summary>
internal sealed partial class ReplicaDriver
{
    /// <summary>A follower fetches what the leader's snapshot stands for: it has not gone astray.</summary>
    public void OnChunkServed(SiloNumber silo) => _duties.OnChunkServed(silo);

    public void OnSnapshotFailed(SnapshotFailed failure)
    {
        _node.ReportSnapshot(failure.From, isInstalled: false);
        if (failure.IsUnsound)
        {
            _repair.Verify();
        }
    }

    public void OnChunk(Chunk chunk)
    {
        _pull.OnChunk(chunk);
        _repair.OnChunk(chunk);
    }

    public void OnPrepared(ImportPrepared outcome)
    {
        _pull.OnPrepared(outcome);
        _repair.OnPrepared(outcome);
    }

    public void OnManifest(SiloNumber from, Manifest manifest) => _repair.OnManifest(from, manifest, _pull.IsUnderWay);

    private void Pull(in RaftMessage message)
    {
        try
        {
            _pull.Offer(message);
        }
        catch (InvalidDataException)
        {
            _replica.OnDiverged(message.Snapshot!.Index);
        }
    }

    /// <summary>Everything that a snapshot stands for is here. If consensus has no use for it any more, nothing has happened.</summary>
    private void StepSnapshot(in RaftMessage message, SegmentImport? import)
    {
        var snapshot = message.Snapshot!;
        if (message.Term < _node.Term || snapshot.Index <= _node.CommitIndex)
        {
            import?.Dispose();
            return;
        }

        import?.Complete();
        _node.Step(message);
        if (_node.FirstIndex != snapshot.Index + 1)
        {
            // The entries up to there have come meanwhile, and only have to be applied.
            import?.Dispose();
        }
    }

    /// <summary>None while segments are damaged: a follower could not complete it, and must not take the damage for its own.</summary>
    private Snapshot? CaptureSnapshot() =>
        _repair.IsNeeded ? null : SnapshotContent.Capture(_replica.Id, _position, _machine, _replica.Messages);

    private void Install(Snapshot snapshot)
    {
        var content = SnapshotContent.Of(snapshot);
        _machine.Restore(_position.Restore(content.State, snapshot.Index, snapshot.Term, out _));
        _replica.Messages?.Install(content.Manifest);
        _log.Entries.ApplySnapshot(snapshot with { Data = default });
        _machine.OnApplied();
        _reads.Release(_position.AppliedIndex);
        _services.Observer.OnSnapshotInstalled(_replica.Group, snapshot.Index, snapshot.Term);
    }
}
