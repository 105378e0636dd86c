namespace Bayou.TestKit;

/// <summary>How a server is started.</summary>
public sealed record ServerLaunch
{
    /// <summary>Data directory; with a configuration file, which names one itself, the working directory.</summary>
    public required string Directory { get; init; }

    public int Port { get; init; } = FreePort.Find();

    public int MonitoringPort { get; init; } = FreePort.Find();

    /// <summary>Says all that flags would say otherwise.</summary>
    public string? ConfigurationFile { get; init; }

    /// <summary>Flags besides address, ports and directory.</summary>
    public IReadOnlyList<string> Flags { get; init; } = [];

    /// <summary>A program and its arguments that start the server in turn, such as a tracer.</summary>
    public IReadOnlyList<string> Wrapper { get; init; } = [];

    /// <summary>The whole command line.</summary>
    public IEnumerable<string> CommandLine => [.. Wrapper, ServerProgram.Path, .. Settings, .. Flags];

    private IEnumerable<string> Settings => ConfigurationFile is { } file
        ? ["-c", file]
        : ["-a", "127.0.0.1", "-p", Port.ToString(), "-m", MonitoringPort.ToString(), "-dir", Directory];
}
