using System.Runtime.CompilerServices;

namespace Bayou.Gateway.Protocol;

/// <summary>What the operations of clients and of routes have in common: a verb in any case, arguments, an end of line, perhaps a body.</summary>
internal static class ControlLine
{
    /// <summary>Digits that a size may have; more cannot be a size.</summary>
    private const int MaxSizeDigits = 9;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ParseStatus ReadVerb(ReadOnlySpan<byte> input, ReadOnlySpan<byte> verb, out ProtocolError error)
    {
        int count = Math.Min(input.Length, verb.Length);
        for (int i = 0; i < count; i++)
        {
            byte letter = input[i] is >= (byte)'A' and <= (byte)'Z' ? (byte)(input[i] | 0x20) : input[i];
            if (letter != verb[i]) return Fail(ProtocolError.UnknownOperation, out error);
        }

        error = ProtocolError.None;
        return count == verb.Length ? ParseStatus.Complete : ParseStatus.NeedMoreData;
    }

    /// <summary>Reads a verb and its line. The line comes without leading blanks and without its end.</summary>
    public static ParseStatus Read(
        ReadOnlySpan<byte> input, ReadOnlySpan<byte> verb, bool needsSeparator, int maxBytes,
        out ReadOnlySpan<byte> line, out int length, out ProtocolError error)
    {
        line = default;
        length = 0;
        ParseStatus status = ReadVerb(input, verb, out error);
        if (status != ParseStatus.Complete) return status;

        int start = verb.Length;
        if (start == input.Length) return ParseStatus.NeedMoreData;
        if (needsSeparator && input[start] is not ((byte)' ' or (byte)'\t')) return Fail(ProtocolError.UnknownOperation, out error);
        while (start < input.Length && input[start] is (byte)' ' or (byte)'\t') start++;

        int newLine = input[start..].IndexOf((byte)'\n');
        line = newLine < 0 ? input[start..] : input.Slice(start, newLine);
        // Also where its LF is still on the way, or a line of just the permitted length would be refused.
        if (!line.IsEmpty && line[^1] == (byte)'\r') line = line[..^1];
        if (line.Length > maxBytes) return Fail(ProtocolError.ControlLineTooLong, out error);
        if (newLine < 0) return ParseStatus.NeedMoreData;
        length = start + newLine + 1;
        return ParseStatus.Complete;
    }

    /// <summary>A verb whose line may go on with anything.</summary>
    public static ParseStatus ReadBare(ReadOnlySpan<byte> input, ReadOnlySpan<byte> verb, out int length, out ProtocolError error)
    {
        length = 0;
        ParseStatus status = ReadVerb(input, verb, out error);
        if (status != ParseStatus.Complete) return status;
        int newLine = input.IndexOf((byte)'\n');
        if (newLine < 0) return ParseStatus.NeedMoreData;
        length = newLine + 1;
        return ParseStatus.Complete;
    }

    /// <summary>Checks that a body and its CRLF follow a line of <paramref name="length"/> bytes, and adds them to the length.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ParseStatus ReadBody(ReadOnlySpan<byte> body, int bodyBytes, ref int length, out ProtocolError error)
    {
        error = ProtocolError.None;
        if (body.Length > bodyBytes && body[bodyBytes] != (byte)'\r') return Fail(ProtocolError.UnknownOperation, out error);
        if (body.Length < bodyBytes + 2)
        {
            // The byte after the payload is worth a look of its own: if it is wrong, the client waits to be told.
            length += body.Length > bodyBytes ? bodyBytes + 2 : bodyBytes + 1;
            return ParseStatus.NeedMoreData;
        }

        if (body[bodyBytes + 1] != (byte)'\n') return Fail(ProtocolError.UnknownOperation, out error);
        length += bodyBytes + 2;
        return ParseStatus.Complete;
    }

    public static bool TryParseSize(ReadOnlySpan<byte> digits, out int size)
    {
        size = 0;
        if (digits.Length is 0 or > MaxSizeDigits) return false;
        foreach (byte digit in digits)
        {
            if (digit is < (byte)'0' or > (byte)'9') return false;
            size = (size * 10) + (digit - '0');
        }

        return true;
    }

    public static ParseStatus Fail(ProtocolError reason, out ProtocolError error)
    {
        error = reason;
        return ParseStatus.ProtocolError;
    }
}
