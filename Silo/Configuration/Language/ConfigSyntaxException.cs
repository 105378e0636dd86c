namespace Bayou.Silo.Configuration.Language;

/// <summary>A text that is not in the configuration language, an include that cannot be read, a variable that is not set.</summary>
public sealed class ConfigSyntaxException : Exception
{
    public ConfigSyntaxException()
        : this("the configuration cannot be read", ConfigOrigin.None)
    {
    }

    public ConfigSyntaxException(string message)
        : this(message, ConfigOrigin.None)
    {
    }

    public ConfigSyntaxException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    public ConfigSyntaxException(string message, ConfigOrigin origin)
        : base(message) => Origin = origin;

    /// <summary>Where reading stopped.</summary>
    public ConfigOrigin Origin { get; }
}
