namespace Bayou.Load;

/// <summary>A run that must not count: the server refused something, went silent, or lost, doubled or reordered a message.</summary>
public sealed class LoadException : Exception
{
    public LoadException(string message) : base(message) { }

    public LoadException(string message, Exception innerException) : base(message, innerException) { }

    public LoadException() { }
}
