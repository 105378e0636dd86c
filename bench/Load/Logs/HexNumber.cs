using System.Buffers.Text;

namespace Bayou.Load.Logs;

/// <summary>A number as twelve lower-case hexadecimal digits: fixed width, so that it can be written over a place in a prepared operation.</summary>
public static class HexNumber
{
    public const int Width = 12;

    public static void Write(Span<byte> target, long number)
    {
        for (int i = Width - 1; i >= 0; i--, number >>= 4)
            target[i] = "0123456789abcdef"u8[(int)(number & 0xF)];
    }

    public static long Read(ReadOnlySpan<byte> digits) =>
        digits.Length == Width && Utf8Parser.TryParse(digits, out long number, out int used, 'x') && used == Width
            ? number
            : throw new LoadException($"Expected a number of this run, got '{System.Text.Encoding.UTF8.GetString(digits)}'.");
}
