namespace Bayou.Silo.Configuration.Language;

/// <summary>A place in a configuration text that knows its line and column.</summary>
internal sealed class ConfigCursor(string text, string source)
{
    /// <summary>Stands for the end of the text. A NUL in a file ends it too.</summary>
    public const char End = '\0';

    private int _index;
    private int _line = 1;
    private int _lineStart;

    public char Current => _index < text.Length ? text[_index] : End;

    public char Following => _index + 1 < text.Length ? text[_index + 1] : End;

    public bool IsAtEnd => Current == End;

    public bool IsAtLineEnd => Current is '\n' or '\r';

    public bool IsAtBlank => Current is ' ' or '\t';

    public bool IsAtSpace => char.IsWhiteSpace(Current);

    public bool IsAtComment => Current == '#' || (Current == '/' && Following == '/');

    public ConfigOrigin Origin => new(source, _line, _index - _lineStart + 1);

    public int Index => _index;

    public char Take()
    {
        var taken = Current;
        if (_index < text.Length)
            _index++;
        if (taken == '\n')
        {
            _line++;
            _lineStart = _index;
        }

        return taken;
    }

    public string Since(int start) => text[start.._index];

    public bool Skip(char expected)
    {
        if (Current != expected)
            return false;
        Take();
        return true;
    }

    public void SkipBlanks()
    {
        while (IsAtBlank)
            Take();
    }

    public void SkipSpaces()
    {
        while (IsAtSpace)
            Take();
    }

    /// <summary>Skips a comment up to the end of its line; false where there is none.</summary>
    public bool SkipComment()
    {
        if (!IsAtComment)
            return false;
        while (!IsAtLineEnd && !IsAtEnd)
            Take();
        return true;
    }

    public void SkipSpacesAndComments()
    {
        do
            SkipSpaces();
        while (SkipComment());
    }

    public ConfigSyntaxException Error(string message) => new($"parse error: {message}", Origin);

    /// <summary>The current character as messages show it.</summary>
    public string Shown => Current switch
    {
        End => "the end of the text",
        '\n' or '\r' => "the end of the line",
        var other => $"'{other}'",
    };
}
