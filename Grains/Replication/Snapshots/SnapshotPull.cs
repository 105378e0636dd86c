using Bayou.Grains.Replication.Peers;
using Bayou.Grains.Replication.Peers.Wire;
using Bayou.Raft;
using Bayou.Storage;

namespace Bayou.Grains.Replication.Snapshots;

/// <summary>
/// Fetches what a leader's snapshot stands for and this replica lacks before consensus hears of the snapshot. Segments that are here
/// already, and pieces that an earlier try fetched, are not fetched again. A newer snapshot takes the place of an older one. Runs on
/// the group's worker.
/// </summary>
internal sealed class SnapshotPull(Replica replica, ReplicaServices services)
{
    private RaftMessage _offered;
    private SegmentImport? _import;
    private SegmentFetch? _fetch;
    private State _state;

    private enum State
    {
        None,
        Fetching,
        Preparing,
        Ready,
    }

    public bool IsUnderWay => _state != State.None;

    /// <summary>A leader sent a snapshot.</summary>
    /// <exception cref="InvalidDataException">What is here differs from what the leader has, where both have the same messages.</exception>
    public void Offer(in RaftMessage message)
    {
        if (_state == State.Preparing || (_state != State.None && IsNoNewer(message)))
        {
            return;
        }

        Cancel();
        _offered = message;
        if (replica.Messages is not { } messages)
        {
            _state = State.Ready;
            return;
        }

        if (messages.IsImporting)
        {
            // Damage is being mended, or an earlier snapshot has come and is not durable yet.
            GiveUp(isUnsound: false);
            return;
        }

        _import = messages.BeginImport(SnapshotContent.Of(message.Snapshot!).Manifest);
        _fetch = new SegmentFetch(replica, services, _import, SourceOf(message));
        _state = State.Fetching;
        GoOn();
    }

    /// <summary>
    /// The message that brought the snapshot, once everything that it stands for is here. The caller completes the import, or ends it.
    /// </summary>
    public bool TryTake(out RaftMessage message, out SegmentImport? import)
    {
        if (_state == State.Ready && _import is { IsOutgrown: true })
        {
            // Another leader has sent entries while this one's snapshot was fetched.
            GiveUp(isUnsound: false);
        }

        (message, import) = (_offered, _import);
        if (_state != State.Ready)
        {
            return false;
        }

        Reset();
        return true;
    }

    public void OnChunk(Chunk chunk)
    {
        if (_state == State.Fetching)
        {
            _fetch!.OnChunk(chunk);
            GoOn();
        }
    }

    public void Tick()
    {
        if (_state == State.Fetching)
        {
            _fetch!.Tick();
            GoOn();
        }
    }

    /// <summary>What was fetched was found sound, or not.</summary>
    public void OnPrepared(ImportPrepared outcome)
    {
        if (_state != State.Preparing || _import != outcome.Import)
        {
            return;
        }

        _state = State.Ready;
        if (!outcome.IsSound)
        {
            GiveUp(isUnsound: true);
        }
    }

    private static SiloNumber SourceOf(in RaftMessage message) => new ReplicaId(message.From).Silo;

    private bool IsNoNewer(in RaftMessage message) =>
        message.Term == _offered.Term && message.Snapshot!.Index <= _offered.Snapshot!.Index;

    private void GoOn()
    {
        if (_fetch!.HasFailed)
        {
            GiveUp(isUnsound: false);
        }
        else if (_fetch.IsComplete)
        {
            _state = State.Preparing;
            ImportPrepared.Begin(replica, services.Scheduler, _import!);
        }
    }

    private void GiveUp(bool isUnsound)
    {
        replica.Send(SourceOf(_offered), PeerLane.Control, FrameItem.SnapshotFailed, new SnapshotFailed
        {
            Group = replica.Group.Value,
            From = replica.Id.Value,
            To = _offered.From,
            IsUnsound = isUnsound,
        });
        Cancel();
    }

    /// <summary>Ends it, whatever it has come to; what was fetched is there for the next.</summary>
    public void Cancel()
    {
        _import?.Dispose();
        Reset();
    }

    private void Reset()
    {
        _offered = default;
        _import = null;
        _fetch = null;
        _state = State.None;
    }
}
