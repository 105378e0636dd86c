using static Bayou.Storage.Segments.SegmentLayout;

namespace Bayou.Storage.Segments;

/// <summary>Fetches the sparse index of a sealed segment.</summary>
internal static class FooterReader
{
    /// <summary>The index in the footer at <paramref name="footerOffset"/>.</summary>
    public static SparseIndex Read(OpenFiles files, SegmentKey key, long footerOffset)
    {
        try
        {
            using var rental = files.Rent(key);
            var footer = new byte[Math.Clamp(rental.File.Length - footerOffset, 0, int.MaxValue / 2)];
            if (footer.Length < TrailerBytes || rental.File.Read(footer, footerOffset) < footer.Length)
            {
                throw new StorageCorruptException(key.Path, footerOffset, "the footer of a sealed segment is cut off");
            }

            return SegmentFooter.TryRead(footer, key, footerOffset)
                ?? throw new StorageCorruptException(key.Path, footerOffset, "the footer of a sealed segment fails its checksum");
        }
        catch (FileNotFoundException)
        {
            throw new StorageCorruptException(key.Path, 0, "the file is missing");
        }
    }
}
