namespace Bayou.Import;

/// <summary>The source cannot be imported at all, and its message says why to the operator.</summary>
public sealed class SourceException(string message, Exception? cause = null) : Exception(message, cause);
