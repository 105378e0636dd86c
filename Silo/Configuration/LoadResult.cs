using Microsoft.Extensions.Configuration;

namespace Bayou.Silo.Configuration;

/// <summary>
/// What came of loading the configuration: options to start with, a signal to send, or a text to print and the code to exit
/// with (0 after help, version and a passed test; 1 for a bad configuration; 2 for a bad command line).
/// </summary>
public sealed record LoadResult
{
    /// <summary>The options to start with; null where the process is to end.</summary>
    public ServerOptions? Options { get; init; }

    /// <summary>The signal to send to another process (<c>-signal</c>); null where this process is to do something itself.</summary>
    public string? Signal { get; init; }

    /// <summary>What is wrong with the configuration, each with its place.</summary>
    public IReadOnlyList<string> Errors { get; init; } = [];

    /// <summary>What to log at start.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>The file, appsettings.json, the environment and the command line as .NET configuration, in that order.</summary>
    public IConfiguration Configuration { get; init; } = new ConfigurationBuilder().Build();

    /// <summary>What the process exits with where <see cref="Options"/> is null.</summary>
    public int ExitCode { get; init; }

    /// <summary>What to print on standard output.</summary>
    public string Output { get; init; } = "";

    /// <summary>What to print on standard error.</summary>
    public string ErrorOutput { get; init; } = "";
}
