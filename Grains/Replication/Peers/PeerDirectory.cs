using System.Collections.Frozen;
using Bayou.Storage;

namespace Bayou.Grains.Replication.Peers;

/// <summary>
/// Who is who in the cluster: what the metadata says as far as it is applied here, and silos heard since that it does not know yet.
/// Readers see a whole picture; the metadata group's worker replaces it.
/// </summary>
internal sealed class PeerDirectory(PeerDirectory.Picture initial)
{
    private Picture _current = initial;

    public Picture Current => Volatile.Read(ref _current);

    public void Replace(Picture picture) => Volatile.Write(ref _current, picture);

    /// <summary>One state of the cluster, as this silo knows it.</summary>
    public sealed record Picture(string OwnName, Guid OwnSilo, SiloStart Start)
    {
        public Guid Cluster { get; init; }

        /// <summary>This silo's number; none before it belongs to a cluster.</summary>
        public SiloNumber Own { get; init; }

        /// <summary>Every silo of the cluster, this one included, with the data it had when it was taken in.</summary>
        public FrozenDictionary<SiloNumber, PeerIdentity> Silos { get; private init; } = FrozenDictionary<SiloNumber, PeerIdentity>.Empty;

        /// <summary>The highest number that is known to have been given to a silo, which may be gone.</summary>
        public SiloNumber Newest { get; private init; }

        public string? NameOf(SiloNumber silo) => Silos.TryGetValue(silo, out var identity) ? identity.Name : null;

        /// <summary>
        /// Questions that this start asks of others are numbered from here: an answer to one that was asked before it must not be taken for
        /// the answer to another. The lower bits of the start, its epoch's last 16 and all that is random, are enough for as long as an answer may take.
        /// </summary>
        public ulong FirstRequest => Start.Value << 32;

        /// <summary>The silo of this name; none if there is none.</summary>
        public SiloNumber NumberOf(string name)
        {
            foreach (var (number, identity) in Silos)
            {
                if (identity.Name == name)
                {
                    return number;
                }
            }

            return SiloNumber.None;
        }

        /// <summary>
        /// The same with these silos, which are all that are left of those up to <paramref name="newest"/>. Silos known here that are newer stay,
        /// since what tells of the others is behind.
        /// </summary>
        public Picture With(IEnumerable<KeyValuePair<SiloNumber, PeerIdentity>> silos, SiloNumber newest)
        {
            var newer = Silos.Where(silo => silo.Key.CompareTo(newest) > 0).ToList();
            var names = newer.Select(static silo => silo.Value.Name).ToHashSet(StringComparer.Ordinal);
            return this with
            {
                Silos = silos.Where(silo => !names.Contains(silo.Value.Name)).Concat(newer).ToFrozenDictionary(),
                Newest = newest.CompareTo(Newest) > 0 ? newest : Newest,
            };
        }

        /// <summary>
        /// Whether a silo speaks that was taken in after all that are known here. Only the metadata gives numbers, and each once, so it is
        /// of the cluster, or was. It has to be listened to: it may lead the metadata, and nobody else can tell who it is.
        /// </summary>
        public bool IsNewcomer(in FrameHeader header) =>
            Own != SiloNumber.None
            && header.Cluster == Cluster
            && header.To == Own
            && header.From.CompareTo(Newest) > 0;

        /// <summary>The same with a newcomer, who takes the place of whoever bore its name.</summary>
        public Picture WithNewcomer(string name, in FrameHeader header) => this with
        {
            Silos = Silos
                .Where(silo => silo.Value.Name != name)
                .Append(new(header.From, new PeerIdentity(name, header.Silo)))
                .ToFrozenDictionary(),
            Newest = header.From,
        };

        /// <param name="target">Whom the frame is for.</param>
        /// <param name="starts">The newest start of it that is known here, and the one of this silo that it knows.</param>
        public FrameHeader HeaderTo(SiloNumber target, (SiloStart Known, SiloStart Told) starts) =>
            new(Cluster, OwnSilo, Own, Start, target, starts.Known, starts.Told);
    }
}
