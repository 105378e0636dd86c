using System.Globalization;
using System.Text;

namespace Bayou.Silo.Configuration.Language;

/// <summary>
/// Reads keys and simple values. The language has no tokens that could be told apart without context (<c>a:b</c> is a
/// key with a value at the start of a line and a string after an equals sign), so the parser asks for what it expects.
/// <code>
/// key     = '"' any* '"' | "'" any* "'" | bare up to a space, '=' or ':'
/// string  = '"' (any | escape)* '"' | "'" any* "'" | block | bare
/// bare    = up to a blank, a line end, ',' ';' ']' '}', or a closing "'"
/// block   = '(' any* newline ')'                      with the ')' alone on its line
/// integer = '-'? digit+ (size 'b'? 'i'?)?             size is one of k m g t p e
/// float   = '-'? digit+ '.' digit+
/// date    = YYYY-MM-DDThh:mm:ssZ
/// </code>
/// </summary>
internal sealed class ConfigLexer(ConfigCursor cursor)
{
    private const string SizeLetters = "kKmMgGtTpPeE";

    /// <summary>Reads a key; <paramref name="isQuoted"/> tells a key from a keyword.</summary>
    public string ReadKey(out bool isQuoted)
    {
        isQuoted = cursor.Current is '"' or '\'';
        if (isQuoted)
            return ReadRaw(cursor.Take());

        var start = cursor.Index;
        do
            cursor.Take();
        while (!cursor.IsAtSpace && !cursor.IsAtEnd && cursor.Current is not ('=' or ':'));
        return cursor.Since(start);
    }

    /// <summary>Reads the path after <c>include</c>.</summary>
    public string ReadIncludePath()
    {
        cursor.SkipBlanks();
        if (cursor.IsAtLineEnd || cursor.IsAtEnd || cursor.Current is '[' or '{' or '(' or '-' or '\\' || char.IsAsciiDigit(cursor.Current))
            throw cursor.Error($"expected the path of a file to include, but found {cursor.Shown}");

        var path = cursor.Current is '"' or '\'' ? ReadRaw(cursor.Take()) : ReadBarePath();
        return path.Length > 0 ? path : throw cursor.Error("the path of the file to include is empty");
    }

    private string ReadBarePath()
    {
        var start = cursor.Index;
        while (!cursor.IsAtBlank && !cursor.IsAtLineEnd && !cursor.IsAtEnd && cursor.Current is not (';' or '}' or '\''))
            cursor.Take();
        var path = cursor.Since(start);
        cursor.Skip('\'');
        return path;
    }

    /// <summary>Reads a value that is neither an array nor a map.</summary>
    public ConfigScalar ReadScalar()
    {
        var origin = cursor.Origin;
        switch (cursor.Current)
        {
            case '\'':
                return new(ScalarKind.String, ReadRaw(cursor.Take()), origin);
            case '"':
                cursor.Take();
                return new(ScalarKind.String, ReadEscaped(), origin);
            case '(':
                cursor.Take();
                return new(ScalarKind.String, ReadBlock(), origin);
            case '.':
                throw cursor.Error("a number needs a digit before its '.'");
            case '\n' or '\r':
                throw cursor.Error("expected a value but found the end of the line");
            case '-':
                return ReadNumber(origin);
            case var first when char.IsAsciiDigit(first):
                return ReadNumber(origin);
            default:
                return ReadBare("", origin);
        }
    }

    private string ReadRaw(char quote)
    {
        var start = cursor.Index;
        while (cursor.Current != quote)
        {
            if (cursor.IsAtEnd)
                throw cursor.Error($"the text ends before the closing {quote}");
            cursor.Take();
        }

        var text = cursor.Since(start);
        cursor.Take();
        return text;
    }

    private string ReadEscaped()
    {
        var text = new StringBuilder();
        while (cursor.Current != '"')
        {
            if (cursor.IsAtEnd)
                throw cursor.Error("the text ends before the closing \"");
            text.Append(cursor.Current == '\\' ? ReadEscape() : cursor.Take());
        }

        cursor.Take();
        return text.ToString();
    }

    private char ReadEscape()
    {
        cursor.Take();
        switch (cursor.Current)
        {
            case 't':
                cursor.Take();
                return '\t';
            case 'n':
                cursor.Take();
                return '\n';
            case 'r':
                cursor.Take();
                return '\r';
            case '"' or '\\':
                return cursor.Take();
            case 'x':
                cursor.Take();
                return ReadHexEscape();
            default:
                throw cursor.Error($"invalid escape character {cursor.Shown}; only \\xXX, \\t, \\n, \\r, \\\" and \\\\ are allowed");
        }
    }

    private char ReadHexEscape()
    {
        var start = cursor.Index;
        for (var digit = 0; digit < 2; digit++)
        {
            if (!char.IsAsciiHexDigit(cursor.Current))
                throw cursor.Error($"expected two hexadecimal digits after \\x, but found {cursor.Shown}");
            cursor.Take();
        }

        return (char)int.Parse(cursor.Since(start), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
    }

    private string ReadBlock()
    {
        var start = cursor.Index;
        for (var previous = ConfigCursor.End; ; previous = cursor.Take())
        {
            if (cursor.IsAtEnd)
                throw cursor.Error("the text ends before the ')' that closes the block, which must stand alone on its line");
            if (cursor.Current == ')' && previous == '\n' && cursor.Following is '\n' or '\r' or ConfigCursor.End)
                break;
        }

        var text = cursor.Since(start);
        cursor.Take();
        return text;
    }

    /// <summary>Reads the rest of an unquoted value whose beginning is already taken.</summary>
    private ConfigScalar ReadBare(string beginning, ConfigOrigin origin)
    {
        var text = new StringBuilder(beginning);
        var isPlain = beginning.Length == 0;
        while (!cursor.IsAtEnd && !cursor.IsAtLineEnd && !cursor.IsAtBlank && cursor.Current is not (',' or ';' or ']' or '}'))
        {
            if (cursor.Skip('\''))
                return new(ScalarKind.String, text.ToString(), origin);

            var isEscape = cursor.Current == '\\';
            isPlain &= !isEscape;
            text.Append(isEscape ? ReadEscape() : cursor.Take());
        }

        var value = text.ToString();
        if (isPlain && value.StartsWith('$'))
            return new(ScalarKind.Variable, value[1..], origin);
        return new(isPlain && IsBoolean(value) ? ScalarKind.Boolean : ScalarKind.String, value, origin);
    }

    private static bool IsBoolean(string value) =>
        value.ToUpperInvariant() is "TRUE" or "FALSE" or "YES" or "NO" or "ON" or "OFF";

    /// <summary>
    /// Reads what begins like a number. Addresses, durations and versions begin like one too, so whatever turns out
    /// not to be a number becomes a string, except after a minus sign.
    /// </summary>
    private ConfigScalar ReadNumber(ConfigOrigin origin)
    {
        var start = cursor.Index;
        var isNegative = cursor.Skip('-');
        if (!char.IsAsciiDigit(cursor.Current))
            throw cursor.Error($"expected a digit after the '-', but found {cursor.Shown}");

        SkipDigits();
        if (cursor.Current == '.')
            return ReadFraction(start, origin);
        if (cursor.Current == '-' && !isNegative)
            return ReadDate(start, origin);
        if (SizeLetters.Contains(cursor.Current, StringComparison.Ordinal))
        {
            cursor.Take();
            while (cursor.Current is 'b' or 'B' or 'i' or 'I')
                cursor.Take();
            if (!IsAtNumberEnd && !char.IsAsciiDigit(cursor.Current))
                return ReadBare(cursor.Since(start), origin);
        }
        else if (!IsAtNumberEnd && !isNegative)
        {
            cursor.Take();
            return ReadBare(cursor.Since(start), origin);
        }

        return new(ScalarKind.Integer, cursor.Since(start), origin);
    }

    private bool IsAtNumberEnd =>
        cursor.IsAtEnd || cursor.IsAtLineEnd || cursor.IsAtBlank || cursor.Current is ',' or ';' or ']' or '}';

    private void SkipDigits()
    {
        while (char.IsAsciiDigit(cursor.Current))
            cursor.Take();
    }

    private ConfigScalar ReadFraction(int start, ConfigOrigin origin)
    {
        cursor.Take();
        if (!char.IsAsciiDigit(cursor.Current))
            throw cursor.Error($"a number needs a digit after its '.', but found {cursor.Shown}");
        SkipDigits();
        if (cursor.Current != '.')
            return new(ScalarKind.Float, cursor.Since(start), origin);

        // A second dot: an address such as 127.0.0.1:4222.
        while (char.IsAsciiDigit(cursor.Current) || cursor.Current is '.' or ':' or '-')
            cursor.Take();
        return new(ScalarKind.String, cursor.Since(start), origin);
    }

    private ConfigScalar ReadDate(int start, ConfigOrigin origin)
    {
        foreach (var expected in "-00-00T00:00:00Z"[(cursor.Index - start == 4 ? 0 : 16)..])
        {
            if (expected == '0' ? !char.IsAsciiDigit(cursor.Current) : cursor.Current != expected)
                throw cursor.Error($"expected a date such as 2006-01-02T15:04:05Z, but found {cursor.Shown}");
            cursor.Take();
        }

        if (cursor.Index - start != 20)
            throw cursor.Error("expected a date such as 2006-01-02T15:04:05Z; quote the value if it is a string");
        return new(ScalarKind.Date, cursor.Since(start), origin);
    }
}
