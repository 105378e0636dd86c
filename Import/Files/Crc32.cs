namespace Bayou.Import.Files;

/// <summary>The CRC-32 of the store's records, for any polynomial: the store can be told to use another one than IEEE's.</summary>
internal sealed class Crc32
{
    public const uint IeeePolynomial = 0xEDB88320;

    private readonly uint[] _table = new uint[256];

    /// <param name="polynomial">Reversed: the lowest bit stands for the highest power.</param>
    public Crc32(uint polynomial = IeeePolynomial)
    {
        for (var value = 0U; value < _table.Length; value++)
        {
            var remainder = value;
            for (var bit = 0; bit < 8; bit++)
            {
                remainder = (remainder & 1) == 0 ? remainder >> 1 : (remainder >> 1) ^ polynomial;
            }

            _table[value] = remainder;
        }
    }

    public uint Of(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var value in bytes)
        {
            crc = (crc >> 8) ^ _table[(byte)crc ^ value];
        }

        return ~crc;
    }
}
