using Bayou.Grains.Metadata;
using Bayou.Grains.Replication.Peers;
using Bayou.Grains.Replication.Peers.Wire;
using Bayou.Storage;

namespace Bayou.Grains.Replication;

/// <summary>What the host hears from other silos, and of them.</summary>
public sealed partial class ReplicaHost : IFrameReceiver
{
    /// <summary>A frame of another silo, which keeps the bytes. Any thread.</summary>
    /// <param name="peer">The name under which the sender's link is known.</param>
    /// <param name="frame">What the other side gave to <see cref="IPeerNetwork.Send"/>.</param>
    /// <exception cref="InvalidDataException">The frame is whole, and its content is not understood: the peer is of another version.</exception>
    public void Receive(string peer, ReadOnlyMemory<byte> frame)
    {
        if (!IsOutdated)
        {
            _frames.Dispatch(peer, frame);
        }
    }

    /// <summary>It is known where to find another silo of the same streaming id. Any thread.</summary>
    public void OnPeerFound(string peer) => _workers[0].Post(new WorkerAction(_ => _formation.OnPeerFound(peer)));

    /// <summary>The link to a peer broke, and it refuses a new one: its process is gone. Any thread.</summary>
    public void OnLinkDown(string peer)
    {
        if (_monitor.OnLinkDown(peer))
        {
            _services.Forwarder.Tick();
            PeerDied?.Invoke(peer);
        }
    }

    /// <summary>This process, as the others know it.</summary>
    internal (SiloNumber Silo, SiloStart Start) Life => (_services.Peers.Current.Own, _services.Peers.Current.Start);

    /// <summary>Whether a process is known to have ended: its silo was started anew, or has no place in the cluster any more. Any thread.</summary>
    internal bool IsOver(SiloNumber silo, SiloStart start)
    {
        var known = _services.Peers.Current;
        return silo == known.Own ? known.Start.IsNewerThan(start)
            : known.Silos.ContainsKey(silo) ? _services.Liveness.StartOf(silo).IsNewerThan(start)
            : silo.CompareTo(known.Newest) <= 0;
    }

    /// <summary>Whether the silo of a name was heard of, and is not any more. Any thread.</summary>
    public bool IsDead(string peer) => IsDead(_services.Peers.Current.NumberOf(peer));

    /// <summary>Whether a silo was heard of, and is not any more. Any thread.</summary>
    internal bool IsDead(SiloNumber silo) => silo != _services.Peers.Current.Own && _services.Liveness.IsDead(silo);

    void IFrameReceiver.OnSiloStarted(SiloNumber silo, HeardStart heard)
    {
        if (heard == HeardStart.Newer)
        {
            _monitor.OnSiloRestarted(silo);
        }

        _workers[0].Post(new WorkerAction(_ =>
        {
            if (IsFormed)
            {
                Metadata.OnHeard();
            }
        }));
    }

    void IFrameReceiver.OnOutdated() => OnOutdated();

    void IFrameReceiver.OnHeartbeat(SiloNumber from, Heartbeat heartbeat) => _monitor.OnHeartbeat(from, heartbeat);

    void IFrameReceiver.OnFormation(string peer, FrameHeader header, Peers.Wire.Formation word) =>
        _workers[0].Post(new WorkerAction(_ => _formation.OnWord(peer, header, word)));

    void IFrameReceiver.OnUnlisted(string peer, FrameHeader header) => _workers[0].Post(new WorkerAction(_ =>
    {
        var known = _services.Peers.Current;
        if (known.IsNewcomer(header))
        {
            _services.Peers.Replace(known.WithNewcomer(peer, header));
        }
        else
        {
            _formation.OnFormer(peer, header);
        }
    }));

    void IFrameReceiver.OnCommand(SiloNumber from, Command command) => _router.OnCommand(from, command, MetadataReplica.EncodeResult);

    void IFrameReceiver.OnCommandResult(CommandResult result) => _router.OnResult(result);

    void IFrameReceiver.OnPublishAnswer(PublishAnswer answer) => _services.Forwarder.OnResult(answer);

    private void OnOutdated()
    {
        if (Interlocked.Exchange(ref _isOutdated, 1) == 0)
        {
            Outdated?.Invoke(new OutdatedDataException());
        }
    }
}
