using Bayou.Gateway;
using Bayou.Silo.Configuration;
using Bayou.Silo.Logging;
using Microsoft.Extensions.Logging;

namespace Bayou.Silo.Reloading;

/// <summary>
/// Reads the configuration once more while the server runs, as it was read at the start, and has what may change take effect. What is wrong with
/// it is a line in the log, and everything goes on as before.
/// </summary>
internal sealed class ConfigReloader(ConfigSource source, GatewayReload gateway, IEnumerable<ILoggerProvider> logs, ILoggerFactory loggers)
{
    private readonly Lock _gate = new();
    private readonly ILogger _logger = loggers.CreateLogger(ServerHost.LogCategory);
    private ServerOptions _options = source.Options;

    /// <summary>Does it. Any thread; one comes after the other.</summary>
    public void Reload()
    {
        lock (_gate)
        {
            try
            {
                Apply(source.Load());
            }
            catch (Exception failure)
            {
                // Whatever is wrong with it, the server goes on with what it has.
                ServerLog.ReloadFailed(_logger, failure.Message);
            }
        }
    }

    private void Apply(LoadResult loaded)
    {
        var plan = loaded.Options is { } options ? ReloadPlan.Of(_options, options) : null;
        if (plan?.Options is not { } next)
        {
            ServerLog.ReloadFailed(_logger, plan?.Refusal ?? string.Join("; ", loaded.Errors));
            return;
        }

        // What can fail comes first: certificates are read, and a new log file is opened, before anything has changed.
        var settings = gateway.Prepare(source.Files.Apply(next.Gateway, out var tooFew));
        foreach (var log in logs.OfType<ServerLoggerProvider>())
            log.Change(next.Logging);
        gateway.Apply(settings);
        _options = next;

        foreach (var warning in tooFew is null ? loaded.Warnings : [.. loaded.Warnings, tooFew])
            ServerLog.ConfigurationWarning(_logger, warning);
        foreach (var change in plan.Changes)
            ServerLog.Reloaded(_logger, change);
        ServerLog.ConfigurationReloaded(_logger);
    }
}
