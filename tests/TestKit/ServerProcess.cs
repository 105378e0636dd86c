using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace Bayou.TestKit;

/// <summary>The server as a process of its own. It is signalled by the process id that it writes into its log.</summary>
public sealed partial class ServerProcess : IAsyncDisposable
{
    /// <summary>Exit code of a process that a SIGKILL ended.</summary>
    public const int Killed = 128 + SigKill;

    /// <summary>Exit code of a process that aborted.</summary>
    public const int Aborted = 134;

    private const int SigHup = 1;
    private const int SigKill = 9;
    private const int SigTerm = 15;
    private const int SigContinue = 18;
    private const int SigInt = 2;
    private const int SigStop = 19;
    private const string StreamingReady = "STREAM: Streaming Server is ready";
    private const string Listening = "] Server is ready";

    private readonly Process _process;
    private readonly Lock _reading = new();
    private readonly List<string> _log = [];
    private readonly List<(string Text, TaskCompletionSource<string> Found)> _awaitedLines = [];
    private readonly TaskCompletionSource<int> _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _outputs;
    private int _processId;
    private int _readyLines;

    private ServerProcess(ServerLaunch launch)
    {
        Launch = launch;
        string[] command = [.. launch.CommandLine];
        _process = Process.Start(new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
            WorkingDirectory = launch.ConfigurationFile is null ? "" : launch.Directory,
        })!;
        _outputs = Task.WhenAll(ReadAsync(_process.StandardError), ReadAsync(_process.StandardOutput));
    }

    public ServerLaunch Launch { get; }

    public int Port => Launch.Port;

    public bool IsRunning => !_process.HasExited;

    public Uri Monitoring => new($"http://127.0.0.1:{Launch.MonitoringPort}");

    /// <summary>The server's own process, not that of a program that started it; 0 until it has logged something.</summary>
    public int ProcessId => Volatile.Read(ref _processId);

    /// <summary>What the server has written so far.</summary>
    public string Log
    {
        get
        {
            lock (_reading) return string.Join('\n', _log);
        }
    }

    /// <summary>Starts a server and waits until it says that it is ready.</summary>
    public static async Task<ServerProcess> StartAsync(ServerLaunch launch)
    {
        ServerProcess server = Begin(launch);
        try
        {
            await server.ReadyAsync();
            return server;
        }
        catch (Exception)
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts a server that is expected to refuse; the caller waits for its exit.</summary>
    public static ServerProcess Begin(ServerLaunch launch) => new(launch);

    /// <summary>Waits until the server says that it is ready.</summary>
    public Task ReadyAsync(TimeSpan? patience = null) => _ready.Task.WaitAsync(patience ?? Patience.Long);

    /// <summary>The same server once more, after it has stopped.</summary>
    public Task<ServerProcess> StartAgainAsync() => StartAsync(Launch with { Wrapper = [] });

    /// <summary>Waits until a line of the log contains a text; returns the line.</summary>
    public Task<string> WaitForLogAsync(string text)
    {
        lock (_reading)
        {
            if (_log.Find(line => line.Contains(text, StringComparison.Ordinal)) is { } found) return Task.FromResult(found);
            return WaitForNextLogAsync(text);
        }
    }

    /// <summary>Waits until a line that comes after another one contains a text; returns the line.</summary>
    public async Task<string> WaitForLogAsync(string text, string after)
    {
        string first = await WaitForLogAsync(after);
        Task<string> next;
        lock (_reading)
        {
            int found = _log.FindIndex(_log.IndexOf(first) + 1, line => line.Contains(text, StringComparison.Ordinal));
            next = found >= 0 ? Task.FromResult(_log[found]) : WaitForNextLogAsync(text);
        }

        return await next;
    }

    /// <summary>Waits for the end of the process; returns its exit code, 128 + n where signal n ended it.</summary>
    public async Task<int> ExitAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(Patience.Long);
        await _outputs.WaitAsync(Patience.Long);
        return _process.ExitCode;
    }

    /// <summary>SIGKILL, as a power cut for the process alone.</summary>
    public Task<int> KillAsync() => SignalAsync(SigKill);

    /// <summary>SIGTERM: an orderly stop.</summary>
    public Task<int> StopAsync() => SignalAsync(SigTerm);

    /// <summary>SIGINT, as Ctrl+C sends it.</summary>
    public Task<int> InterruptAsync() => SignalAsync(SigInt);

    /// <summary>SIGSTOP: the process does not run until it is thawed, and nobody is told.</summary>
    public void Freeze() => Send(SigStop);

    /// <summary>SIGCONT: the process goes on.</summary>
    public void Thaw() => Send(SigContinue);

    /// <summary>SIGHUP: the configuration is read again.</summary>
    public void Reload() => Send(SigHup);

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) await KillAsync();
        await _outputs;
        _process.Dispose();
    }

    /// <summary>Under the lock of the log, so that no line is missed.</summary>
    private Task<string> WaitForNextLogAsync(string text)
    {
        var awaited = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        _awaitedLines.Add((text, awaited));
        return awaited.Task.WaitAsync(Patience.Long);
    }

    private Task<int> SignalAsync(int signal)
    {
        if (Volatile.Read(ref _processId) == 0) _process.Kill(entireProcessTree: true);
        else Send(signal);
        return ExitAsync();
    }

    private void Send(int signal)
    {
        int processId = Volatile.Read(ref _processId);
        if (processId == 0 || SendSignal(processId, signal) != 0) throw new InvalidOperationException($"Process {processId} cannot be signalled.");
    }

    private async Task ReadAsync(StreamReader output)
    {
        while (await output.ReadLineAsync() is { } line)
        {
            Record(line);
            if (_processId == 0 && LogLine().Match(line) is { Success: true } match)
            {
                Volatile.Write(ref _processId, int.Parse(match.Groups["id"].Value, CultureInfo.InvariantCulture));
            }

            bool isReadyLine = line.Contains(StreamingReady, StringComparison.Ordinal) || line.EndsWith(Listening, StringComparison.Ordinal);
            if (isReadyLine && ++_readyLines == (Launch.IsStreaming ? 2 : 1)) _ready.TrySetResult(_processId);
        }

        _ready.TrySetException(new InvalidOperationException($"The server stopped before it was ready:\n{Log}"));
    }

    private void Record(string line)
    {
        lock (_reading)
        {
            _log.Add(line);
            foreach ((_, TaskCompletionSource<string> found) in _awaitedLines.Where(awaited => line.Contains(awaited.Text, StringComparison.Ordinal)))
            {
                found.TrySetResult(line);
            }
        }
    }

    [GeneratedRegex(@"^\[(?<id>\d+)\] ", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex LogLine();

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int SendSignal(int processId, int signal);
}
