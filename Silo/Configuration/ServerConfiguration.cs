using System.Reflection;
using Bayou.Silo.Configuration.CommandLine;
using Bayou.Silo.Configuration.Schema;
using Bayou.Silo.Telemetry;
using Microsoft.Extensions.Configuration;

namespace Bayou.Silo.Configuration;

/// <summary>
/// Loads everything that the process can be told. Later layers win: defaults, the configuration file, appsettings.json,
/// environment variables, the command line. All layers are read and checked before any error is reported.
/// </summary>
public static class ServerConfiguration
{
    private const int BadConfiguration = 1;
    private const int BadCommandLine = 2;

    /// <summary>The version that <c>-v</c> prints.</summary>
    public static string Version { get; } =
        typeof(ServerConfiguration).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0.0.0";

    /// <summary>Loads with this process's environment and files.</summary>
    public static LoadResult Load(string[] args) => Load(args, ConfigurationEnvironment.OfProcess());

    /// <summary>Loads with the given environment and files; nothing is printed, and the process goes on.</summary>
    public static LoadResult Load(IReadOnlyList<string> args, ConfigurationEnvironment environment)
    {
        var arguments = CommandLineArguments.Read(args);
        if (arguments.Errors.Count > 0)
            return new LoadResult { ExitCode = BadCommandLine, ErrorOutput = string.Join('\n', arguments.Errors) + "\n" + HelpText.Usage };
        if (arguments.IsOn(FlagTable.Help))
            return new LoadResult { Output = HelpText.Usage };
        if (arguments.IsOn(FlagTable.HelpTls))
            return new LoadResult { Output = HelpText.Tls };
        if (arguments.IsOn(FlagTable.Version))
            return new LoadResult { Output = $"bayou: v{Version}\n" };
        if (arguments.ValueOf(FlagTable.Signal) is { } signal)
            return new LoadResult { Signal = signal };
        return LoadLayers(arguments, environment);
    }

    private static LoadResult LoadLayers(CommandLineArguments arguments, ConfigurationEnvironment environment)
    {
        var report = new ConfigReport();
        var natsPath = NonEmpty(arguments.ValueOf(FlagTable.Config));
        var streamingPath = NonEmpty(arguments.ValueOf(FlagTable.StreamingConfig));
        var files = ConfigFiles.Read(natsPath, streamingPath, environment.ReadContext, report);
        var hostLayers = HostLayers.Read(environment, report);

        var reader = new SchemaReader(report, environment);
        var options = new ServerOptions { ConfigFile = natsPath ?? streamingPath, StreamingConfigFile = streamingPath ?? natsPath };
        options = files.Apply(options, reader);
        options = hostLayers.Apply(options, reader);
        options = reader.Read(RootSchema.Root, arguments.Settings, options);
        foreach (var flag in arguments.WithoutSetting)
            report.AddWithoutEffect(new Language.ConfigOrigin("command line"), flag);

        options = Settle(options);
        new OptionsValidator(report).Validate(options);
        RefuseUnprotected(options, report);
        if (report.Errors.Count > 0)
        {
            List<string> errors = [.. report.Errors.Select(static error => error.ToString())];
            return new LoadResult { ExitCode = BadConfiguration, Errors = errors, ErrorOutput = string.Concat(errors.Select(static error => $"bayou: {error}\n")) };
        }

        var warnings = Warnings(report);
        if (arguments.IsOn(FlagTable.Test))
            return TestPassed(options, warnings);

        var builder = new ConfigurationBuilder();
        files.AddTo(builder);
        hostLayers.AddTo(builder);
        builder.Add(new NatsConfigurationSource(arguments.Settings));
        OpenTelemetrySettings.AddTo(builder, options.Telemetry, environment);
        return new LoadResult { Options = options, Warnings = warnings, Configuration = builder.Build() };
    }

    /// <summary>A start script's <c>-c "$FILE"</c> without a file is no file, as in Go.</summary>
    private static string? NonEmpty(string? path) => string.IsNullOrEmpty(path) ? null : path;

    /// <summary>
    /// A payload without a limit of its own is bounded by what may wait for one client. A cluster without a port is none.
    /// </summary>
    private static ServerOptions Settle(ServerOptions options) => options with
    {
        Gateway = options.Gateway with
        {
            MaxPayloadBytes = options.Gateway.MaxPayloadBytes >= 0 ? options.Gateway.MaxPayloadBytes : (int)Math.Min(options.Gateway.MaxPendingBytes, int.MaxValue),
            Cluster = options.ClusterPort is { } port ? options.Cluster with { Port = port } : null,
        },

        // A list of peers that serves every server of the cluster names this one, too.
        Peers = options.Peers is { } peers ? peers with { Peers = [.. peers.Peers.Where(peer => peer != peers.NodeId)] } : null,
    };

    /// <summary>
    /// A server that ignores "let only these users in" or "encrypt" with a warning is open while its operator believes
    /// it closed, so it does not start unless told that this is meant.
    /// </summary>
    private static void RefuseUnprotected(ServerOptions options, ConfigReport report)
    {
        foreach (var setting in report.Unprotected)
        {
            if (options.AllowUnprotected)
                report.AddWithoutEffect(setting.Origin, setting.Message);
            else
                report.AddError(setting.Origin, $"\"{setting.Message}\" is not available yet, and ignoring it would leave the server unprotected; start anyway with bayou {{ allow_unprotected: true }}");
        }
    }

    private static List<string> Warnings(ConfigReport report)
    {
        var warnings = report.Warnings.Select(warning => warning.ToString()).ToList();
        if (report.WithoutEffect.Count > 0)
        {
            var settings = report.WithoutEffect.Select(setting => $"{setting.Message} ({setting.Origin})");
            warnings.Add($"these settings are known but have no effect yet: {string.Join(", ", settings)}");
        }

        return warnings;
    }

    private static LoadResult TestPassed(ServerOptions options, List<string> warnings)
    {
        var files = new[] { options.ConfigFile, options.StreamingConfigFile }.OfType<string>().Distinct(StringComparer.Ordinal).ToList();
        return new LoadResult
        {
            Warnings = warnings,
            Output = files.Count == 0 ? "bayou: configuration is valid\n" : string.Concat(files.Select(file => $"bayou: configuration file {file} is valid\n")),
            ErrorOutput = string.Concat(warnings.Select(warning => $"bayou: warning: {warning}\n")),
        };
    }
}
