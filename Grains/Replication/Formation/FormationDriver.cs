using Bayou.Grains.Metadata;
using Bayou.Grains.Replication.Peers;
using Bayou.Storage;
using Google.Protobuf;
using Wire = Bayou.Grains.Replication.Peers.Wire;

namespace Bayou.Grains.Replication.Formation;

/// <summary>
/// Carries the words of <see cref="ClusterFormation"/> between silos until this one belongs to a cluster, and from then on tells
/// those who ask. Runs on the metadata's worker.
/// </summary>
internal sealed class FormationDriver(
    ClusterFormation formation, IReadOnlyList<string> peers, ReplicaServices services, StartMemory starts, IPeerNetwork network, Action<FormationStep> onStep,
    Action<string> onWaiting, Action onDismissed, Action onOutdated)
{
    /// <summary>When to say that nothing has come of it yet, and how often to say so again.</summary>
    private const int PatienceTicks = 20;
    private const int ReminderTicks = 300;

    /// <summary>A silo that was removed sends on and on; it need not be told with every frame.</summary>
    private static readonly TimeSpan DismissalPause = TimeSpan.FromSeconds(1);

    private readonly FrameBuilder _frame = new();
    private readonly SortedSet<string> _peers = new(peers, StringComparer.Ordinal);
    private int _ticks;
    private MetadataReplica? _metadata;
    private volatile bool _isTakingIn;
    private long _nextDismissal;

    /// <summary>This silo belongs to a cluster: strangers are told so.</summary>
    public void OnFormed(MetadataReplica metadata) => _metadata = metadata;

    /// <summary>Another silo has shown up. One that is to join a cluster knows nobody by name, so it asks whoever is there.</summary>
    public void OnPeerFound(string peer)
    {
        if (peers.Count == 0)
        {
            _peers.Add(peer);
        }
    }

    /// <summary>Says how this silo stands, while that can change anything.</summary>
    public void Tick()
    {
        if (_metadata is not null)
        {
            return;
        }

        var word = formation.Word;
        foreach (var peer in _peers)
        {
            Send(peer, word);
        }

        if (++_ticks % ReminderTicks == PatienceTicks)
        {
            onWaiting(formation.Outlook);
        }

        Take(formation.Decide());
    }

    public void OnWord(string peer, FrameHeader header, Wire.Formation word)
    {
        if (word.Asker.Span.SequenceEqual(services.Peers.Current.OwnSilo.ToByteArray()) && !starts.Remembers(new SiloStart(word.Start)))
        {
            // The directory is from before it belonged to the cluster, and the place that it would take has been used.
            onOutdated();
        }
        else if (_metadata is null)
        {
            var step = formation.OnWord(peer, header.Silo, word);
            if (step is FormationStep.Contradicted)
            {
                // So that it can say the same on its side.
                Send(peer, formation.Word);
            }

            Take(step);
        }
        else if (word.Cluster.IsEmpty)
        {
            Answer(peer, new PeerIdentity(peer, header.Silo), word);
        }
        else if (word.Dismissed.Span.SequenceEqual(services.Peers.Current.OwnSilo.ToByteArray()) && new Guid(word.Cluster.Span) == services.Peers.Current.Cluster)
        {
            onDismissed();
        }
    }

    /// <summary>A silo that was removed while it was down is back, and waits for peers who do not listen to it: it is told.</summary>
    public void OnFormer(string peer, FrameHeader header)
    {
        if (_metadata is null || services.Now < _nextDismissal
            || !_metadata.Machine.Silos.All.TryGetValue(header.From, out var entry) || !entry.IsGone || entry.Identity != new PeerIdentity(peer, header.Silo))
        {
            return;
        }

        _nextDismissal = services.Now + DismissalPause.Ticks;
        Send(peer, new Wire.Formation
        {
            Name = services.Peers.Current.OwnName,
            Cluster = ByteString.CopyFrom(services.Peers.Current.Cluster.ToByteArray()),
            Dismissed = ByteString.CopyFrom(header.Silo.ToByteArray()),
        });
    }

    private void Take(FormationStep step)
    {
        if (step != FormationStep.Wait)
        {
            onStep(step);
        }
    }

    private void Answer(string peer, PeerIdentity asker, Wire.Formation word)
    {
        var silos = _metadata!.Machine.Silos;
        var answer = new Wire.Formation
        {
            Name = services.Peers.Current.OwnName,
            Cluster = ByteString.CopyFrom(services.Peers.Current.Cluster.ToByteArray()),
        };
        answer.Founders.Add(silos.Founders.Select(founder => ClusterFormation.ToWire(founder, SiloNumber.None)));
        answer.Silos.Add(silos.Present.Select(silo => ClusterFormation.ToWire(silos.All[silo].Identity, silo)));
        var known = silos.Find(asker.Silo);
        if (known != SiloNumber.None)
        {
            answer.Asker = ByteString.CopyFrom(asker.Silo.ToByteArray());
            answer.Start = services.Liveness.StartOf(known).Value;
        }
        else if (word.Joins)
        {
            answer.Refusal = TakeIn(asker) ?? string.Empty;
        }

        Send(peer, answer);
    }

    /// <summary>Has the cluster take in a silo; the text if that is refused.</summary>
    private string? TakeIn(PeerIdentity asker)
    {
        var bearer = _metadata!.Machine.Silos.BearerOf(asker.Name);
        if (bearer != SiloNumber.None && services.Liveness.IsAlive(bearer))
        {
            return $"Another silo is called {asker.Name}, and it is alive.";
        }

        if (!_isTakingIn)
        {
            _isTakingIn = true;
            _ = RegisterAsync(asker, bearer);
        }

        return null;
    }

    private async Task RegisterAsync(PeerIdentity asker, SiloNumber bearer)
    {
        try
        {
            await _metadata!.RegisterSiloAsync(asker, bearer);
        }
        catch (ReplicaUnavailableException)
        {
            // There is no leader now. The asker asks again.
        }
        finally
        {
            _isTakingIn = false;
        }
    }

    private void Send(string peer, Wire.Formation word)
    {
        _frame.Clear();
        _frame.Add(FrameItem.Formation, word);
        network.Send(peer, PeerLane.Control, _frame.Complete(services.Peers.Current.HeaderTo(SiloNumber.None, default)));
    }
}
