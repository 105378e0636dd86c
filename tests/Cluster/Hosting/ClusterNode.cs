using System.Net;
using Bayou.TestKit;

namespace Bayou.ClusterTests.Hosting;

/// <summary>One server of a cluster, through all its lives.</summary>
public sealed class ClusterNode(string name, IPEndPoint endpoint, ServerLaunch launch, string data = "store") : IAsyncDisposable
{
    private readonly List<string> _pastLogs = [];
    private ServerProcess? _process;

    public string Name => name;

    /// <summary>Where clients connect.</summary>
    public IPEndPoint Endpoint => endpoint;

    /// <summary>Where its data are.</summary>
    public string DataDirectory => Path.Combine(launch.Directory, data);

    public bool IsRunning => _process is { IsRunning: true };

    public ServerProcess Process => _process ?? throw new InvalidOperationException($"Node {name} does not run.");

    /// <summary>What it has written in all its lives.</summary>
    public string Log => string.Join('\n', [.. _pastLogs, .. _process is null ? Array.Empty<string>() : [_process.Log]]);

    /// <summary>Starts the server, with wrappers besides its own.</summary>
    public void Begin(params IReadOnlyList<string> wrapper)
    {
        if (IsRunning) throw new InvalidOperationException($"Node {name} runs.");
        _process = ServerProcess.Begin(launch with { Wrapper = [.. launch.Wrapper, .. wrapper] });
    }

    /// <summary>Starts the server again, though its last process may have ended by itself.</summary>
    public async Task BeginAgainAsync(params IReadOnlyList<string> wrapper)
    {
        if (_process is not null) await RetireAsync();
        Begin(wrapper);
    }

    public Task ReadyAsync(TimeSpan? patience = null) => Process.ReadyAsync(patience);

    public async Task StartAsync()
    {
        Begin();
        await ReadyAsync();
    }

    /// <summary>SIGKILL.</summary>
    public async Task KillAsync()
    {
        await Process.KillAsync();
        await RetireAsync();
    }

    /// <summary>SIGTERM; returns the exit code.</summary>
    public async Task<int> StopAsync()
    {
        int exitCode = await Process.StopAsync();
        await RetireAsync();
        return exitCode;
    }

    /// <summary>The process has ended by itself, or will: waits for that and returns the exit code.</summary>
    public async Task<int> ExitAsync()
    {
        int exitCode = await Process.ExitAsync();
        await RetireAsync();
        return exitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null) await RetireAsync();
    }

    private async Task RetireAsync()
    {
        await _process!.DisposeAsync();
        _pastLogs.Add(_process.Log);
        _process = null;
    }
}
