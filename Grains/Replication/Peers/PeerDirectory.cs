using System.Collections.Frozen;

namespace Bayou.Grains.Replication.Peers;

/// <summary>Who is who in the cluster. Readers see a whole picture; the metadata group's worker replaces it.</summary>
internal sealed class PeerDirectory(PeerDirectory.Picture initial)
{
    private Picture _current = initial;

    public Picture Current => Volatile.Read(ref _current);

    public void Replace(Picture picture) => Volatile.Write(ref _current, picture);

    /// <summary>One state of the cluster, as this silo knows it.</summary>
    public sealed record Picture(string OwnName, Guid OwnSilo, ulong Epoch)
    {
        public Guid Cluster { get; init; }

        /// <summary>This silo's number; none before it belongs to a cluster.</summary>
        public SiloNumber Own { get; init; }

        /// <summary>Every silo of the cluster, this one included, with the data it had when it was taken in.</summary>
        public FrozenDictionary<SiloNumber, PeerIdentity> Silos { get; init; } = FrozenDictionary<SiloNumber, PeerIdentity>.Empty;

        public string? NameOf(SiloNumber silo) => Silos.TryGetValue(silo, out var identity) ? identity.Name : null;

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

        public FrameHeader HeaderTo(SiloNumber target) => new(Cluster, OwnSilo, Own, Epoch, target);
    }
}
