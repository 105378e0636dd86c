using Bayou.Records;
using static Bayou.Storage.Journal.JournalLayout;

namespace Bayou.Storage.Journal;

/// <summary>Binds the sectors of a batch together, so that two writes of one batch number can never be mixed.</summary>
internal static class SectorChain
{
    /// <summary>Checksum of the checksums of all sectors but the first, which holds the result.</summary>
    public static uint Crc(ReadOnlySpan<byte> batch)
    {
        var crc = 0u;
        for (var at = SectorBytes; at < batch.Length; at += SectorBytes)
        {
            crc = Checksum.Crc32C(batch.Slice(at, sizeof(uint)), crc | (1UL << 32));
        }

        return crc;
    }
}
