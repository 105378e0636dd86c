using System.Globalization;

namespace Bayou.Grains.Replication.Peers;

/// <summary>
/// One start of a silo: the epoch that its data directory counts in the upper 48 bits, a random number in the lower 16. Every frame carries
/// it, and the metadata keeps the newest one of each silo, so that a silo whose epoch has not grown is found out: its directory is an
/// earlier state of the one that the others know, and what it acknowledged since is not in its log.
/// <para>
/// A greater epoch is newer. Of two starts with one epoch, as of a directory and a copy of it, neither is: who was known first stays.
/// </para>
/// <para>
/// What this cannot tell is a copy that was made since the newest start that anybody has noted: started, it counts on as the original would.
/// That is a copy made since the node was started last or, if everything loses its power before the metadata's leader has noted a start, which it
/// does as soon as it has heard of it, since the start before. Consensus then notices at the latest when a leader knows the replica to have had more.
/// </para>
/// </summary>
internal readonly record struct SiloStart(ulong Value)
{
    /// <summary>No start is known.</summary>
    public static readonly SiloStart None;

    private const int NonceBits = 16;

    public SiloStart(ulong epoch, ushort nonce)
        : this((epoch << NonceBits) | nonce)
    {
    }

    public ulong Epoch => Value >> NonceBits;

    public bool IsNewerThan(SiloStart other) => Epoch > other.Epoch;

    /// <summary>Where <paramref name="known"/> is the newest start known of a silo, this one is of an old state of its directory, or of a copy.</summary>
    public bool IsOutdatedBy(SiloStart known) => this != known && !IsNewerThan(known);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Epoch}.{Value & ((1 << NonceBits) - 1):x4}");
}
