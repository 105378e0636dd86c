using System.Globalization;

namespace Bayou.Storage;

/// <summary>
/// One start of a silo: the epoch that its data directory counts in the upper 48 bits, a random number in the lower 16.
/// A greater epoch is newer. Of two starts with one epoch, as of a directory and a copy of it, neither is.
/// </summary>
public readonly record struct SiloStart(ulong Value)
{
    /// <summary>No start is known.</summary>
    public static readonly SiloStart None;

    private const int NonceBits = 16;

    /// <summary>A start from its parts.</summary>
    public SiloStart(ulong epoch, ushort nonce)
        : this((epoch << NonceBits) | nonce)
    {
    }

    /// <summary>The how manyth start of its directory it was.</summary>
    public ulong Epoch => Value >> NonceBits;

    /// <summary>Whether it came after another one of the same directory.</summary>
    public bool IsNewerThan(SiloStart other) => Epoch > other.Epoch;

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Epoch}.{Value & ((1 << NonceBits) - 1):x4}");
}
