using Bayou.Grains.Replication.Peers;
using Bayou.Grains.Replication.Peers.Wire;
using Bayou.Grains.Replication.Snapshots;
using Bayou.Raft;
using Bayou.Storage;

namespace Bayou.Grains.Replication.Repair;

/// <summary>
/// Mends damaged segments with the bytes of another replica, whichever has them: committed data are the same everywhere. It goes on
/// while the replica does its ordinary work, and asks one member after the other until nothing is damaged any more. Runs on the
/// group's worker.
/// </summary>
internal sealed class SegmentRepair(Replica replica, ReplicaServices services)
{
    private const int TicksBetweenTries = 10;

    private int _ticks;
    private int _tries;
    private ulong _asked;
    private SegmentImport? _import;
    private SegmentFetch? _fetch;
    private bool _isPreparing;
    private bool _isVerifying;

    /// <summary>Something is damaged here, as far as is known.</summary>
    public bool IsNeeded => replica.Messages is { Faults.Count: > 0 };

    /// <summary>Time passes. While <paramref name="isBusy"/> the segments are being replaced by a snapshot's, which mends them too.</summary>
    public void Tick(RaftNode node, bool isBusy)
    {
        if (_fetch is { } fetch)
        {
            fetch.Tick();
            GoOn();
        }
        else if (!isBusy && !_isPreparing && IsNeeded && _ticks++ % TicksBetweenTries == 0)
        {
            AskForManifest(node);
        }
    }

    /// <summary>A replica of the same group says what it has.</summary>
    public void OnManifest(SiloNumber from, Manifest answer, bool isBusy)
    {
        if (isBusy || replica.Messages is not { IsImporting: false } || answer.From != _asked || answer.Data.IsEmpty || !IsNeeded)
        {
            return;
        }

        _import = replica.Messages!.BeginRepair(ChannelManifest.Decode(answer.Data.Span));
        _fetch = new SegmentFetch(replica, services, _import, from);
        GoOn();
    }

    public void OnChunk(Chunk chunk)
    {
        if (_fetch is { } fetch)
        {
            fetch.OnChunk(chunk);
            GoOn();
        }
    }

    public void OnPrepared(ImportPrepared outcome)
    {
        if (!_isPreparing || _import != outcome.Import)
        {
            return;
        }

        if (outcome.IsSound)
        {
            _import!.Complete();
        }

        End();
        if (!IsNeeded)
        {
            services.Observer.OnMended(replica.Group);
        }
    }

    /// <summary>
    /// Somebody got from here what is not what it should be. What is damaged here is found by reading everything, away from the
    /// worker, since nobody else may read it for long.
    /// </summary>
    public void Verify()
    {
        if (replica.Messages is null || _isVerifying)
        {
            return;
        }

        _isVerifying = true;
        services.Scheduler.RunLong(() =>
        {
            try
            {
                services.Store.Verify(replica.Group);
            }
            finally
            {
                replica.Post(new WorkerAction(_ => _isVerifying = false));
            }

            return Task.CompletedTask;
        });
    }

    /// <summary>Makes room for a snapshot.</summary>
    public void Cancel()
    {
        if (!_isPreparing)
        {
            End();
        }
    }

    private void AskForManifest(RaftNode node)
    {
        var others = node.ConfState.Voters.Concat(node.ConfState.Learners).Where(member => member != node.Id).ToList();
        if (others.Count > 0)
        {
            _asked = others[_tries++ % others.Count];
            replica.Send(new ReplicaId(_asked).Silo, PeerLane.Control, FrameItem.ManifestRequest, new ManifestRequest
            {
                Group = replica.Group.Value,
                From = node.Id,
                To = _asked,
            });
        }
    }

    private void GoOn()
    {
        if (_fetch!.HasFailed)
        {
            End();
        }
        else if (_fetch.IsComplete)
        {
            _fetch = null;
            _isPreparing = true;
            ImportPrepared.Begin(replica, services.Scheduler, _import!);
        }
    }

    private void End()
    {
        _import?.Dispose();
        _import = null;
        _fetch = null;
        _isPreparing = false;
    }
}
