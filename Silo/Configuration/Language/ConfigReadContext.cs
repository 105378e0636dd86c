namespace Bayou.Silo.Configuration.Language;

/// <summary>What reading a configuration needs of the world: variables and the text of files.</summary>
/// <param name="ReadVariable">The value of an environment variable; null where it is not set.</param>
/// <param name="ReadFile">The text of a file; throws <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/>.</param>
public sealed record ConfigReadContext(Func<string, string?> ReadVariable, Func<string, string> ReadFile);
