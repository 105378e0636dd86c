namespace Bayou.Silo.Configuration.Language;

/// <summary>
/// Reads the configuration language of nats-server into a tree in which every key knows its file, line and column.
/// <code>
/// file    = (entry end | '{' body)*                   a stray '}' at the very end is tolerated
/// body    = (entry end)* '}'
/// entry   = "include" path | key ('=' | ':')? value
/// value   = scalar | '$' name | '[' (value (',' | newline))* ']' | '{' body
/// end     = newline | ',' | ';' | end of file | '}'
/// </code>
/// <c>#</c> and <c>//</c> begin a comment wherever an entry or an element may begin or end. A variable is looked up
/// among the keys already read, from the innermost map outwards, then in the environment.
/// </summary>
public sealed class ConfigParser
{
    /// <summary>Maps, arrays and includes inside each other; nobody writes more, and a stack has an end.</summary>
    private const int MaxDepth = 64;

    private readonly ConfigCursor _cursor;
    private readonly ConfigLexer _lexer;
    private readonly ConfigReadContext _context;
    private readonly string _source;
    private readonly IReadOnlyList<string> _including;
    private readonly VariableScopes _variables;
    private int _depth;

    private ConfigParser(string text, string source, ConfigReadContext context, IReadOnlyList<string> including, IReadOnlyList<string> resolving)
    {
        _cursor = new ConfigCursor(text, source);
        _lexer = new ConfigLexer(_cursor);
        _context = context;
        _source = source;
        _including = including;
        _variables = new VariableScopes(context, resolving);
    }

    /// <summary>Reads a file and everything it includes.</summary>
    /// <exception cref="ConfigSyntaxException">The file or one of its includes cannot be read.</exception>
    public static ConfigMap ParseFile(string path, ConfigReadContext context)
    {
        try
        {
            return ParseText(context.ReadFile(path), path, context);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new ConfigSyntaxException($"open {path}: {Reason(failure)}", ConfigOrigin.None);
        }
    }

    /// <summary>Reads a text; <paramref name="source"/> names it in messages and is what includes are relative to.</summary>
    /// <exception cref="ConfigSyntaxException">The text is not in the language.</exception>
    public static ConfigMap ParseText(string text, string source, ConfigReadContext context) =>
        new ConfigParser(text, source, context, [Path.GetFullPath(source)], []).ParseTop();

    /// <summary>Reads a lone value the way the text of an environment variable is read.</summary>
    internal static ConfigValue ParseValue(string text, string source, ConfigReadContext context, IReadOnlyList<string> resolving) =>
        new ConfigParser("value=" + text, source, context, [], resolving).ParseTop().Find("value")!.Value;

    private ConfigMap ParseTop()
    {
        var map = new ConfigMap();
        using var scope = _variables.Enter(map);
        while (true)
        {
            _cursor.SkipSpacesAndComments();
            if (_cursor.IsAtEnd)
                return map;
            if (_cursor.Skip('{'))
                ParseBody(map);
            else if (!SkipStrayBrace())
                ParseEntry(map);
            else
                continue;
            EndTopEntry();
        }
    }

    private bool SkipStrayBrace()
    {
        if (!_cursor.Skip('}'))
            return false;
        _cursor.SkipSpacesAndComments();
        return _cursor.IsAtEnd ? true : throw _cursor.Error("unexpected '}' before this");
    }

    private void EndTopEntry()
    {
        _cursor.SkipBlanks();
        if (_cursor.IsAtEnd || _cursor.IsAtComment || _cursor.IsAtLineEnd)
            return;
        if (_cursor.Current is not (',' or ';' or '}'))
            throw _cursor.Error($"expected a top-level value to end with a new line, comment or EOF, but got {_cursor.Shown} instead");
        _cursor.Take();
    }

    /// <summary>Reads entries up to the closing brace, whose opening one is already taken.</summary>
    private void ParseBody(ConfigMap map)
    {
        Descend();
        while (true)
        {
            _cursor.SkipSpacesAndComments();
            if (_cursor.IsAtEnd)
                throw _cursor.Error("unexpected EOF processing map");
            if (_cursor.Skip('}'))
                break;
            if (_cursor.Skip('{'))
                throw _cursor.Error("expected a key before '{'");
            if (_cursor.Current is ']' or ',' or ';')
                throw _cursor.Error($"unexpected {_cursor.Shown} processing map");
            ParseEntry(map);
            EndBodyEntry();
        }

        _depth--;
    }

    private void EndBodyEntry()
    {
        _cursor.SkipBlanks();
        if (_cursor.IsAtComment || _cursor.IsAtLineEnd || _cursor.Current == '}')
            return;
        if (!_cursor.Skip(',') && !_cursor.Skip(';'))
            throw _cursor.Error($"expected a map value terminator ',' or a map terminator '}}', but got {_cursor.Shown} instead");
    }

    private void ParseEntry(ConfigMap map)
    {
        if (_cursor.Current is '=' or ':')
            throw _cursor.Error($"unexpected key separator {_cursor.Shown}");

        var origin = _cursor.Origin;
        var key = _lexer.ReadKey(out var isQuoted);
        if (!isQuoted && _cursor.IsAtSpace && string.Equals(key, "include", StringComparison.OrdinalIgnoreCase))
        {
            Include(_lexer.ReadIncludePath(), origin, map);
            return;
        }

        _cursor.SkipSpaces();
        if (_cursor.IsAtEnd)
            throw new ConfigSyntaxException($"parse error: the key \"{key}\" has no value", origin);
        if (_cursor.Skip('=') || _cursor.Skip(':'))
            _cursor.SkipBlanks();
        map.Set(new ConfigEntry(key, origin, ParseValue()));
    }

    private ConfigValue ParseValue()
    {
        if (_cursor.Skip('['))
            return ParseArray();
        if (_cursor.Skip('{'))
        {
            var map = new ConfigMap();
            using var scope = _variables.Enter(map);
            ParseBody(map);
            return map;
        }

        var scalar = _lexer.ReadScalar();
        return scalar.Kind == ScalarKind.Variable ? _variables.Resolve(scalar) : ScalarConverter.Convert(scalar);
    }

    private ConfigArray ParseArray()
    {
        Descend();
        var items = new List<ConfigValue>();
        while (true)
        {
            _cursor.SkipSpacesAndComments();
            if (_cursor.Skip(']'))
                break;
            if (_cursor.IsAtEnd || _cursor.Current is ',' or '}')
                throw _cursor.Error($"expected an array value or an array terminator ']', but got {_cursor.Shown} instead");
            items.Add(ParseValue());
            EndArrayItem();
        }

        _depth--;
        return new ConfigArray(items);
    }

    private void EndArrayItem()
    {
        _cursor.SkipBlanks();
        if (_cursor.IsAtComment || _cursor.IsAtLineEnd || _cursor.Current == ']')
            return;
        if (!_cursor.Skip(','))
            throw _cursor.Error($"expected an array value terminator \",\" or an array terminator \"]\", but got {_cursor.Shown} instead");
    }

    private void Include(string path, ConfigOrigin origin, ConfigMap map)
    {
        var file = Path.Combine(Path.GetDirectoryName(_source) ?? "", path);
        var identity = Path.GetFullPath(file);
        if (_including.Contains(identity, StringComparer.Ordinal))
            throw new ConfigSyntaxException($"error parsing include file '{path}', it includes itself", origin);
        if (_including.Count == MaxDepth)
            throw new ConfigSyntaxException($"error parsing include file '{path}', more than {MaxDepth} files include each other", origin);
        try
        {
            var included = new ConfigParser(_context.ReadFile(file), file, _context, [.. _including, identity], []).ParseTop();
            foreach (var entry in included.Entries)
                map.Set(entry);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new ConfigSyntaxException($"error parsing include file '{path}', open {file}: {Reason(failure)}", origin);
        }
    }

    private void Descend()
    {
        if (++_depth > MaxDepth)
            throw _cursor.Error($"maps and arrays are nested more than {MaxDepth} deep");
    }

    private static string Reason(Exception failure) => failure switch
    {
        FileNotFoundException or DirectoryNotFoundException => "no such file or directory",
        UnauthorizedAccessException => "permission denied",
        _ => failure.Message,
    };
}
