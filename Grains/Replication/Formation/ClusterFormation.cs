using System.IO.Hashing;
using System.Text;
using Bayou.Grains.Replication.Peers;
using Google.Protobuf;
using Wire = Bayou.Grains.Replication.Peers.Wire;

namespace Bayou.Grains.Replication.Formation;

/// <summary>
/// How a silo with an empty directory comes to belong to a cluster. Pure. A cluster is founded once:
/// <list type="bullet">
/// <item>A silo founds one only after every configured peer has said that it belongs to none, and that it sees the very same
/// silos, by the ids of their directories, as this one does. All of them then found the same cluster, each by itself.</item>
/// <item>If any peer belongs to a cluster, this one never founds another. Named among its founders, it takes its place, which
/// nobody has used yet; otherwise, as after the loss of its disk, it asks to be taken in as a new silo.</item>
/// </list>
/// A founder whose directory is lost before all have founded leaves its peers without agreement until it is back, under a new
/// id, and everybody has heard of that. Founders whose configurations name different founders would wait for ever, so they give up.
/// It rests on the links: after the word of a new directory none of the old one arrives.
/// <para>
/// A silo whose disk has lost the metadata of its cluster founds none either: it waits for a peer that knows that cluster. When no peer does, or
/// one belongs to another cluster, nothing on its disk is of use to anybody, and the operator has to know.
/// </para>
/// </summary>
internal sealed class ClusterFormation
{
    private readonly PeerIdentity _own;
    private readonly IReadOnlyList<string> _peers;
    private readonly bool _mayFound;
    private readonly Guid _cluster;
    private readonly SortedDictionary<string, Heard> _heard = new(StringComparer.Ordinal);
    private bool _joins;

    /// <param name="own">This silo.</param>
    /// <param name="peers">The names of the other founders.</param>
    /// <param name="mayFound">Whether this silo is one of those that found a cluster; otherwise it waits to be taken in.</param>
    /// <param name="cluster">The cluster that its data belong to, though they do not hold its metadata; empty if there is none.</param>
    public ClusterFormation(PeerIdentity own, IReadOnlyList<string> peers, bool mayFound, Guid cluster = default)
    {
        _own = own;
        _peers = peers;
        _mayFound = mayFound;
        _cluster = cluster;
    }

    /// <summary>Why the cluster does not take this silo in; null if nobody has refused.</summary>
    public string? Refusal { get; private set; }

    /// <summary>What there is to wait for, for the operator.</summary>
    public string Outlook
    {
        get
        {
            string[] missing = [.. _peers.Where(peer => !_heard.ContainsKey(peer))];
            return Refusal ?? (_joins ? "for the cluster to take this server in"
                : IsBound ? $"for a peer that belongs to cluster {_cluster}, whose metadata this server does not have"
                : !_mayFound ? "for a cluster to join"
                : missing.Length > 0 ? $"for {string.Join(" and ", missing)} to form the cluster with this server"
                : "for its peers to find each other");
        }
    }

    /// <summary>What to tell every peer, again and again, until this silo belongs to a cluster.</summary>
    public Wire.Formation Word
    {
        get
        {
            var word = new Wire.Formation { Name = _own.Name, Joins = _joins };
            word.Unformed.Add(Seen().Where(identity => !IsBound || identity != _own).Select(identity => ToWire(identity, SiloNumber.None)));
            if (_mayFound && _peers.Count > 0)
            {
                word.Peers.Add(Founders);
            }

            return word;
        }
    }

    /// <summary>What to do as things stand.</summary>
    public FormationStep Decide()
    {
        var seen = Seen();
        if (IsBound)
        {
            return _peers.Count > 0 && seen.Count == _peers.Count + 1
                ? new FormationStep.Orphaned($"the metadata of cluster {_cluster} is lost here, and no peer belongs to that cluster")
                : FormationStep.Wait;
        }

        var agree = _mayFound
            && seen.Count == _peers.Count + 1
            && _peers.All(peer => _heard.TryGetValue(peer, out var heard) && heard.Unformed.SequenceEqual(seen));
        return agree ? new FormationStep.Found(ClusterOf(seen), seen) : FormationStep.Wait;
    }

    /// <summary>A peer said how it stands.</summary>
    public FormationStep OnWord(string peer, Guid silo, Wire.Formation word)
    {
        if (word.Cluster.IsEmpty)
        {
            if (Contradicts(word))
            {
                return new FormationStep.Contradicted(
                    $"this server is to form a cluster of {string.Join(", ", Founders)}, and its peer {peer} one of {string.Join(", ", word.Peers)}");
            }

            if (_peers.Contains(peer))
            {
                _heard[peer] = new Heard(new PeerIdentity(peer, silo), [.. word.Unformed.Select(FromWire)]);
            }

            return Decide();
        }

        var cluster = new Guid(word.Cluster.Span);
        if (IsBound && cluster != _cluster)
        {
            return new FormationStep.Orphaned($"the metadata of cluster {_cluster} is lost here, and peer {peer} belongs to cluster {cluster}");
        }

        List<PeerIdentity> founders = [.. word.Founders.Select(FromWire)];
        if (founders.Contains(_own))
        {
            return new FormationStep.Found(cluster, founders);
        }

        _joins = true;
        Refusal = word.Refusal.Length > 0 ? word.Refusal : null;
        var silos = word.Silos.ToDictionary(entry => new SiloNumber(entry.Number), FromWire);
        var own = silos.FirstOrDefault(pair => pair.Value == _own).Key;
        return own == SiloNumber.None ? FormationStep.Wait : new FormationStep.Join(cluster, own, silos);
    }

    public static Wire.Silo ToWire(PeerIdentity identity, SiloNumber number) => new()
    {
        Name = identity.Name,
        Directory = ByteString.CopyFrom(identity.Silo.ToByteArray()),
        Number = number.Value,
    };

    private static PeerIdentity FromWire(Wire.Silo silo) => new(silo.Name, new Guid(silo.Directory.Span));

    private bool IsBound => _cluster != Guid.Empty;

    /// <summary>The names of those who found the cluster, in order.</summary>
    private IEnumerable<string> Founders => _peers.Append(_own.Name).Order(StringComparer.Ordinal);

    /// <summary>Somebody wants to found a cluster with this silo, and names others than this one does.</summary>
    private bool Contradicts(Wire.Formation word) =>
        _mayFound && _peers.Count > 0 && word.Peers.Contains(_own.Name) && !word.Peers.Order(StringComparer.Ordinal).SequenceEqual(Founders);

    /// <summary>Everybody known to be without a cluster, this silo included, in the order in which they would be numbered.</summary>
    private List<PeerIdentity> Seen() =>
        [.. _heard.Values.Select(heard => heard.Identity).Append(_own).OrderBy(identity => identity.Name, StringComparer.Ordinal)];

    /// <summary>The same founders found the same cluster, and others never do.</summary>
    private static Guid ClusterOf(IEnumerable<PeerIdentity> founders)
    {
        var hash = new XxHash128();
        foreach (var founder in founders)
        {
            hash.Append(Encoding.UTF8.GetBytes(founder.Name));
            hash.Append(founder.Silo.ToByteArray());
        }

        return new Guid(hash.GetCurrentHash());
    }

    private sealed record Heard(PeerIdentity Identity, IReadOnlyList<PeerIdentity> Unformed);
}
