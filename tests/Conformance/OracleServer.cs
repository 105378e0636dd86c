using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Bayou.Gateway;

namespace Bayou.Conformance;

/// <summary>nats-server with the same options, on ports that were free a moment ago.</summary>
public sealed class OracleServer : TestServer
{
    private static readonly TimeSpan StartBudget = TimeSpan.FromSeconds(10);
    private readonly Process _process;
    private readonly ConcurrentQueue<string> _log;
    private readonly string _configuration;

    private OracleServer(Process process, ConcurrentQueue<string> log, string configuration, int port, int monitoringPort)
    {
        _process = process;
        _log = log;
        _configuration = configuration;
        Port = port;
        MonitoringPort = monitoringPort;
    }

    public override int Port { get; }

    public override int MonitoringPort { get; }

    /// <summary>What it has logged so far.</summary>
    public IEnumerable<string> Log => _log;

    public static bool IsInstalled { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator)
        .Append("/usr/sbin")
        .Any(static folder => File.Exists(Path.Combine(folder, "nats-server")));

    public static async Task<OracleServer> StartAsync(GatewayOptions options)
    {
        int port = FindFreePort();
        int monitoringPort = FindFreePort();
        string configuration = Path.GetTempFileName();
        await File.WriteAllTextAsync(configuration, Describe(options, port, monitoringPort));
        string program = File.Exists("/usr/sbin/nats-server") ? "/usr/sbin/nats-server" : "nats-server";
        var process = Process.Start(new ProcessStartInfo(program, ["-c", configuration]) { RedirectStandardError = true, UseShellExecute = false })!;
        var isReady = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var log = new ConcurrentQueue<string>();
        process.ErrorDataReceived += (_, line) =>
        {
            log.Enqueue(line.Data ?? "");
            if (line.Data is null) isReady.TrySetException(new InvalidOperationException("nats-server ended before it was ready."));
            else if (line.Data.Contains("Server is ready", StringComparison.Ordinal)) isReady.TrySetResult();
        };
        process.BeginErrorReadLine();
        await isReady.Task.WaitAsync(StartBudget);
        return new OracleServer(process, log, configuration, port, monitoringPort);
    }

    public override async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        File.Delete(_configuration);
    }

    private static string Describe(GatewayOptions options, int port, int monitoringPort)
    {
        var text = new StringBuilder();
        void Set(string name, object value) => text.Append(CultureInfo.InvariantCulture, $"{name}: {value}\n");
        Set("listen", $"\"127.0.0.1:{port}\"");
        Set("http", $"\"127.0.0.1:{monitoringPort}\"");
        Set("max_control_line", options.MaxControlLineBytes);
        Set("max_payload", options.MaxPayloadBytes);
        Set("max_pending", options.MaxPendingBytes);
        Set("max_connections", options.MaxConnections);
        if (options.MaxSubscriptions > 0) Set("max_subscriptions", options.MaxSubscriptions);
        if (options.Trace) Set("trace", "true");
        if (options.MaxTracedMessageBytes > 0) Set("max_traced_msg_len", options.MaxTracedMessageBytes);
        Set("ping_interval", $"\"{options.PingInterval.TotalMilliseconds}ms\"");
        Set("ping_max", options.MaxPingsOut);
        Set("write_deadline", $"\"{options.WriteDeadline.TotalMilliseconds}ms\"");
        string timeout = options.AuthTimeout.TotalSeconds.ToString(CultureInfo.InvariantCulture);
        if (options.User is not null) Set("authorization", $"{{ user: {options.User}, password: \"{options.Password}\", timeout: {timeout} }}");
        else if (options.AuthToken is not null) Set("authorization", $"{{ token: {options.AuthToken}, timeout: {timeout} }}");
        return text.ToString();
    }

    private static int FindFreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
