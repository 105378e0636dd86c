namespace Bayou.Silo.Configuration.Language;

/// <summary>
/// A value of the configuration language. <see cref="Kind"/> names it as nats-server's messages do, because operators
/// search for those.
/// </summary>
public abstract record ConfigValue
{
    /// <summary>The name of the type in messages: <c>string</c>, <c>int64</c>, <c>map</c>...</summary>
    public abstract string Kind { get; }
}

/// <summary>A quoted, bare or block string.</summary>
public sealed record ConfigString(string Text) : ConfigValue
{
    public override string Kind => "string";
}

/// <summary>A whole number, its size suffix applied; <see cref="Text"/> is how it was written.</summary>
public sealed record ConfigInteger(long Number, string Text) : ConfigValue
{
    public override string Kind => "int64";
}

/// <summary>A number with a fraction.</summary>
public sealed record ConfigFloat(double Number) : ConfigValue
{
    public override string Kind => "float64";
}

/// <summary>true, false, yes, no, on, off.</summary>
public sealed record ConfigBoolean(bool IsTrue) : ConfigValue
{
    public override string Kind => "bool";
}

/// <summary>A point in time, always UTC.</summary>
public sealed record ConfigDate(DateTimeOffset Time) : ConfigValue
{
    public override string Kind => "struct";
}

/// <summary>A list; its values may be of different types.</summary>
public sealed record ConfigArray(IReadOnlyList<ConfigValue> Items) : ConfigValue
{
    public override string Kind => "slice";
}

/// <summary>
/// A text without a type of its own: from the command line, the environment or a JSON file. What it means is decided
/// by the option that receives it, so that <c>--user 007</c> is a name and <c>--port 007</c> a number.
/// </summary>
public sealed record ConfigText(string Text) : ConfigValue
{
    public override string Kind => "text";
}
