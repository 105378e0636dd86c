using System.Globalization;
using System.Text;

namespace Bayou.Gateway.Connections;

/// <summary>Bytes as a quoted text of Go: what can be printed stands as it is, everything else as an escape.</summary>
internal static class GoQuote
{
    public static string Quote(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(bytes.Length + 2).Append('"');
        while (!bytes.IsEmpty)
        {
            bool isValid = Rune.DecodeFromUtf8(bytes, out Rune rune, out int length) == System.Buffers.OperationStatus.Done;
            if (isValid) Append(text, rune);
            else AppendBytes(text, bytes[..length]);
            bytes = bytes[length..];
        }

        return text.Append('"').ToString();
    }

    private static void Append(StringBuilder text, Rune rune)
    {
        if (NameOf(rune.Value) is { } name) text.Append('\\').Append(name);
        else if (IsPrintable(rune)) text.Append(rune.ToString());
        else if (rune.Value is < ' ' or 0x7f) text.Append(CultureInfo.InvariantCulture, $"\\x{rune.Value:x2}");
        else if (rune.IsBmp) text.Append(CultureInfo.InvariantCulture, $"\\u{rune.Value:x4}");
        else text.Append(CultureInfo.InvariantCulture, $"\\U{rune.Value:x8}");
    }

    private static void AppendBytes(StringBuilder text, ReadOnlySpan<byte> bytes)
    {
        foreach (byte one in bytes) text.Append(CultureInfo.InvariantCulture, $"\\x{one:x2}");
    }

    private static char? NameOf(int value) => value switch
    {
        '"' => '"',
        '\\' => '\\',
        '\a' => 'a',
        '\b' => 'b',
        '\f' => 'f',
        '\n' => 'n',
        '\r' => 'r',
        '\t' => 't',
        '\v' => 'v',
        _ => null,
    };

    private static bool IsPrintable(Rune rune) => rune.Value == ' ' || Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned
        or UnicodeCategory.SpaceSeparator or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
}
