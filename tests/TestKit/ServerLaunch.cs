namespace Bayou.TestKit;

/// <summary>How a server is started.</summary>
public sealed record ServerLaunch
{
    /// <summary>Data directory.</summary>
    public required string Directory { get; init; }

    public int Port { get; init; } = FreePort.Find();

    public int MonitoringPort { get; init; } = FreePort.Find();

    /// <summary>Flags besides address, ports and directory.</summary>
    public IReadOnlyList<string> Flags { get; init; } = [];

    /// <summary>A program and its arguments that start the server in turn, such as a tracer.</summary>
    public IReadOnlyList<string> Wrapper { get; init; } = [];

    /// <summary>The whole command line.</summary>
    public IEnumerable<string> CommandLine =>
    [
        .. Wrapper,
        ServerProgram.Path,
        "-a", "127.0.0.1",
        "-p", Port.ToString(),
        "-m", MonitoringPort.ToString(),
        "-dir", Directory,
        .. Flags,
    ];
}
