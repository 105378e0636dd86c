namespace Bayou.TestKit;

/// <summary>How a server is started.</summary>
public sealed record ServerLaunch
{
    /// <summary>The server's executable; another one that logs as nats-server does may be given.</summary>
    public string Program { get; init; } = ServerProgram.Path;

    /// <summary>Whether the server says separately that its streaming side is ready.</summary>
    public bool IsStreaming { get; init; } = true;

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
    public IEnumerable<string> CommandLine => [.. Wrapper, Program, .. Settings, .. Flags];

    private IEnumerable<string> Settings => ConfigurationFile is { } file
        ? ["-c", file]
        : ["-a", "127.0.0.1", "-p", Port.ToString(), "-m", MonitoringPort.ToString(), "-dir", Directory];
}
