using Bayou.Records;
using static Bayou.Storage.Journal.JournalLayout;

namespace Bayou.Storage.Journal;

/// <summary>Tells written sectors of one journal file from unwritten and damaged ones.</summary>
internal readonly struct SectorReader(ulong siloSeed, ulong file)
{
    public SectorState Read(ReadOnlySpan<byte> sector, long offset, out ulong batch, out uint number)
    {
        var stampedFile = ReadUInt64(sector, StampFileOffset);
        batch = ReadUInt64(sector, StampBatchOffset);
        number = ReadUInt32(sector, StampSectorOffset);
        if (stampedFile <= file && stampedFile != 0
            && Checksum.Crc32C(sector[sizeof(uint)..], Seed(siloSeed, stampedFile, offset)) == ReadUInt32(sector, 0))
        {
            return stampedFile == file ? SectorState.Current : SectorState.Old;
        }

        return sector.IndexOfAnyExcept((byte)0) < 0 ? SectorState.Old : SectorState.Damaged;
    }
}
