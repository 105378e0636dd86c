using Bayou.Import.Files;

namespace Bayou.Import;

/// <summary>Which store is read, and what must be known to read it.</summary>
public sealed record SourceOptions
{
    /// <summary>The store's directory: what was <c>dir</c> in the server's configuration.</summary>
    public required string Directory { get; init; }

    /// <summary>The directory of the Raft log of the same node, of a server that was one of a cluster; null for none.</summary>
    public string? RaftLogDirectory { get; init; }

    /// <summary>Polynomial of the records' checksums, reversed (<c>file_crc_poly</c>). Default: IEEE.</summary>
    public uint CrcPolynomial { get; init; } = Crc32.IeeePolynomial;

    /// <summary>The key that payloads were encrypted with, as it was given to the server; empty for none.</summary>
    public ReadOnlyMemory<byte> EncryptionKey { get; init; }
}
