namespace Bayou.Gateway.Protocol;

/// <summary>Puts the parts of an operation one behind the other into a span; each method returns the position behind what it wrote.</summary>
internal static class LineWriter
{
    public static int Append(Span<byte> destination, int position, ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(destination[position..]);
        return position + bytes.Length;
    }

    /// <summary>With a blank behind it.</summary>
    public static int AppendWord(Span<byte> destination, int position, ReadOnlySpan<byte> word)
    {
        position = Append(destination, position, word);
        destination[position] = (byte)' ';
        return position + 1;
    }

    /// <summary>With the end of a line behind it.</summary>
    public static int AppendLine(Span<byte> destination, int position, ReadOnlySpan<byte> bytes)
    {
        position = Append(destination, position, bytes);
        destination[position + 1] = (byte)'\n';
        destination[position] = (byte)'\r';
        return position + 2;
    }
}
