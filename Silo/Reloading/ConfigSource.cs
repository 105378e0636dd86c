using Bayou.Silo.Configuration;

namespace Bayou.Silo.Reloading;

/// <summary>Where the configuration comes from.</summary>
/// <param name="Options">What was loaded at the start.</param>
/// <param name="Files">What it may take of the process, as at the start.</param>
/// <param name="Load">Loads it again, with the same command line.</param>
internal sealed record ConfigSource(ServerOptions Options, FileBudget Files, Func<LoadResult> Load);
