using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Bayou.Gateway;
using Bayou.Gateway.Authorization;
using Bayou.Gateway.Routes;
using Bayou.Gateway.Tls;
using Bayou.TestKit;

namespace Bayou.Conformance;

/// <summary>nats-server with the same options, on ports that were free a moment ago.</summary>
public sealed class OracleServer : TestServer
{
    private static readonly TimeSpan StartBudget = TimeSpan.FromSeconds(10);
    private readonly Process _process;
    private readonly ConcurrentQueue<string> _log;
    private readonly string _configuration;

    private OracleServer(Process process, ConcurrentQueue<string> log, string configuration, int port, int monitoringPort, int clusterPort)
    {
        _process = process;
        _log = log;
        _configuration = configuration;
        Port = port;
        MonitoringPort = monitoringPort;
        ClusterPort = clusterPort;
    }

    public override int Port { get; }

    public override int MonitoringPort { get; }

    public override int ClusterPort { get; }

    /// <summary>For signals.</summary>
    public int ProcessId => _process.Id;

    /// <summary>What it has logged so far.</summary>
    public IEnumerable<string> Log => _log;

    public static bool IsInstalled { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator)
        .Append("/usr/sbin")
        .Any(static folder => File.Exists(Path.Combine(folder, "nats-server")));

    public static async Task<OracleServer> StartAsync(GatewayOptions options)
    {
        int port = options.Port == new GatewayOptions().Port ? FreePort.Find() : options.Port;
        int monitoringPort = FreePort.Find();
        int clusterPort = options.Cluster is { } cluster ? cluster.Port > 0 ? cluster.Port : FreePort.Find() : 0;
        string configuration = Path.GetTempFileName();
        await File.WriteAllTextAsync(configuration, Describe(options, port, monitoringPort, clusterPort));
        string program = File.Exists("/usr/sbin/nats-server") ? "/usr/sbin/nats-server" : "nats-server";
        var process = Process.Start(new ProcessStartInfo(program, ["-c", configuration]) { RedirectStandardError = true, UseShellExecute = false })!;
        var isReady = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var log = new ConcurrentQueue<string>();
        string lastLine = options.Cluster is null ? "Server is ready" : "Listening for route connections";
        process.ErrorDataReceived += (_, line) =>
        {
            log.Enqueue(line.Data ?? "");
            if (line.Data is null) isReady.TrySetException(new InvalidOperationException("nats-server ended before it was ready."));
            else if (line.Data.Contains(lastLine, StringComparison.Ordinal)) isReady.TrySetResult();
        };
        process.BeginErrorReadLine();
        await isReady.Task.WaitAsync(StartBudget);
        return new OracleServer(process, log, configuration, port, monitoringPort, clusterPort);
    }

    public override async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        File.Delete(_configuration);
    }

    private static string Describe(GatewayOptions options, int port, int monitoringPort, int clusterPort)
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
        else if (options.Users.Count > 0) Set("authorization", $"{{\n users: [\n{string.Concat(options.Users.Select(Describe))} ]\n timeout: {timeout} }}");
        if (options.Tls is { } tls) Set("tls", Describe(tls));
        if (options.ServerName is not null) Set("server_name", options.ServerName);
        if (options.Cluster is { } cluster) Set("cluster", Describe(cluster, clusterPort));
        return text.ToString();
    }

    private static string Describe(TlsOptions tls) => string.Create(
        CultureInfo.InvariantCulture,
        $"{{ cert_file: \"{tls.CertificateFile}\", key_file: \"{tls.KeyFile}\", ca_file: \"{tls.CaFile}\", verify: {(tls.VerifyClients ? "true" : "false")}, timeout: {tls.Timeout.TotalSeconds}, {(tls.CipherSuites.Count > 0 ? $"cipher_suites: [{string.Join(", ", tls.CipherSuites)}]," : "")} pinned_certs: [{string.Join(", ", tls.PinnedKeys.Select(static key => $"\"{key}\""))}] }}");

    private static string Describe(GatewayUser user)
    {
        UserPermissions permissions = user.Permissions;
        string responses = permissions.Responses is { } responding
            ? string.Create(CultureInfo.InvariantCulture, $"allow_responses: {{ max: {responding.MaxMessages}, expires: \"{responding.Expires.TotalMicroseconds}us\" }}")
            : "";
        string login = user.IsKey ? $"nkey: {user.Name}" : $"user: {user.Name}, password: '{user.Password}'";
        return $"  {{ {login}, permissions {{ publish {Describe(permissions.Publish)}, subscribe {Describe(permissions.Subscribe)}, {responses} }} }}\n";
    }

    private static string Describe(SubjectPermissions subjects) => $"{{ allow: {List(subjects.Allow)}, deny: {List(subjects.Deny)} }}";

    private static string List(IEnumerable<string> subjects) => $"[{string.Join(", ", subjects.Select(static subject => $"'{subject}'"))}]";

    private static string Describe(ClusterOptions cluster, int port)
    {
        string routes = string.Join(", ", cluster.Routes.Select(static url => $"\"nats://{(url.User is null ? "" : $"{url.User}:{url.Password}@")}{url.Address}\""));
        string name = cluster.Name is null ? "" : $"name: \"{cluster.Name}\"";
        string login = cluster.User is null ? "" : $"authorization {{ user: {cluster.User}, password: \"{cluster.Password}\" }}";
        string advertise = cluster.NoAdvertise ? "no_advertise: true" : "";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{{\n {name}\n listen: \"127.0.0.1:{port}\"\n routes: [ {routes} ]\n connect_retries: {cluster.ConnectRetries}\n {login}\n {advertise}\n }}");
    }
}
