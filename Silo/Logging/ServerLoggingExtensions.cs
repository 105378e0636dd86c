using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Bayou.Silo.Logging;

/// <summary>Puts the server's log into a host.</summary>
public static class ServerLoggingExtensions
{
    /// <summary>Makes this the host's only log. What is wanted is decided by <paramref name="options"/>, not by the host's filters.</summary>
    public static ILoggingBuilder UseServerLog(this ILoggingBuilder logging, LoggingOptions options)
    {
        logging.ClearProviders();
        logging.SetMinimumLevel(LogLevel.Trace);

        // Made by the container, so that the container disposes it, which writes out the last lines.
        logging.Services.AddSingleton<ILoggerProvider>(_ => new ServerLoggerProvider(options));
        return logging;
    }

    /// <summary>Writes out the last lines and closes the log, before an end of the process that disposes of nothing.</summary>
    public static void FlushLogs(this IServiceProvider services)
    {
        foreach (var log in services.GetServices<ILoggerProvider>())
        {
            log.Dispose();
        }
    }
}
