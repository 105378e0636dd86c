using Bayou.Silo.Logging;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Bayou.Silo.Clustering;

/// <summary>
/// What becomes of a server that Orleans has given up, as it does with one that the others did not hear for some seconds. Nothing that was acknowledged
/// depends on it, but its grains have been given to others, and Orleans takes it in again only as another silo. So it starts anew by
/// itself; clients come back as after any restart.
/// </summary>
internal sealed partial class DefunctSilo(
    IServiceProvider services, IHostApplicationLifetime lifetime, ILogger<DefunctSilo> logger) : IFatalErrorHandler
{
    public bool IsUnexpected(Exception exception) => exception is not ThreadAbortException;

    public void OnFatalException(object? sender = null, string? context = null, Exception? exception = null)
    {
        if (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            // It was to end anyway, and nothing that was acknowledged depends on how.
            services.FlushLogs();
            Environment.Exit(0);
        }

        LogDefunct(exception?.Message ?? context ?? "no reason given");
        services.FlushLogs();
        var refusal = ProcessImage.StartAnew();
        Environment.FailFast($"The server cannot start itself anew: {refusal}");
    }

    [LoggerMessage(5110, LogLevel.Warning, "The other servers have taken this one for dead; it starts anew ({Reason})")]
    private partial void LogDefunct(string reason);
}
