namespace Bayou.Silo.Configuration.Language;

/// <summary>
/// Finds what a <c>$reference</c> stands for: the nearest enclosing map that already has such a key, else an
/// environment variable, whose text is read as a value of the language and may hold references itself.
/// </summary>
internal sealed class VariableScopes(ConfigReadContext context, IReadOnlyList<string> resolving)
{
    private readonly Stack<ConfigMap> _scopes = new();

    public Scope Enter(ConfigMap map)
    {
        _scopes.Push(map);
        return new Scope(_scopes);
    }

    public ConfigValue Resolve(ConfigScalar reference)
    {
        var name = reference.Text;

        // The hash of a password begins like a reference; it may stand unquoted.
        if (name.Length > 3 && name[0] == '2' && name[1] is 'a' or 'b' or 'x' or 'y' && name[2] == '$')
            return new ConfigString("$" + name);

        // The innermost map comes first out of a stack.
        foreach (var scope in _scopes)
        {
            if (scope.Find(name) is not { } entry)
                continue;
            entry.IsUsedAsVariable = true;
            return entry.Value;
        }

        return ResolveFromEnvironment(reference);
    }

    private ConfigValue ResolveFromEnvironment(ConfigScalar reference)
    {
        var name = reference.Text;
        if (resolving.Contains(name, StringComparer.Ordinal))
            throw new ConfigSyntaxException($"variable reference cycle for '{name}'", reference.Origin);
        if (context.ReadVariable(name) is not { } text)
            throw new ConfigSyntaxException($"variable reference for '{name}' on line {reference.Origin.Line} can not be found", reference.Origin);
        try
        {
            return ConfigParser.ParseValue(text, "$" + name, context, [.. resolving, name]);
        }
        catch (ConfigSyntaxException failure)
        {
            throw new ConfigSyntaxException(
                $"variable reference for '{name}' on line {reference.Origin.Line} could not be parsed: {failure.Message}", reference.Origin);
        }
    }

    internal readonly struct Scope(Stack<ConfigMap> scopes) : IDisposable
    {
        public void Dispose() => scopes.Pop();
    }
}
