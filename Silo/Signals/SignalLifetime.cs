using System.Runtime.InteropServices;
using Bayou.Gateway;
using Bayou.Silo.Logging;
using Bayou.Silo.Reloading;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Bayou.Silo.Signals;

/// <summary>Lets signals rule the life of the server, as they do nats-server's.</summary>
internal sealed partial class SignalLifetime(
    IHostApplicationLifetime application, LameDuck lameDuck, ConfigReloader reloader, IEnumerable<ILoggerProvider> logs, ILoggerFactory loggers) : IHostLifetime, IDisposable
{
    private readonly List<PosixSignalRegistration> _registrations = [];
    private readonly ILogger _logger = loggers.CreateLogger(ServerHost.LogCategory);

    public Task WaitForStartAsync(CancellationToken cancellationToken)
    {
        On(ServerSignal.Quit, application.StopApplication);
        On(PosixSignal.SIGQUIT, application.StopApplication);
        On(ServerSignal.Terminate, OnTerminate);
        if (!OperatingSystem.IsWindows())
        {
            On(ServerSignal.Reload, reloader.Reload);
            On(ServerSignal.Reopen, ReopenLog);
            On(ServerSignal.LameDuck, lameDuck.Enter);
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose()
    {
        foreach (var registration in _registrations)
            registration.Dispose();
    }

    private void On(PosixSignal signal, Action act) => _registrations.Add(PosixSignalRegistration.Create(signal, context =>
    {
        context.Cancel = true;
        act();
    }));

    /// <summary>Supervisors ask a server to leave and soon after tell it to; it stops when its clients are gone.</summary>
    private void OnTerminate()
    {
        if (lameDuck.IsActive)
            LogAlreadyLeaving(_logger);
        else
            application.StopApplication();
    }

    private void ReopenLog()
    {
        foreach (var log in logs.OfType<ServerLoggerProvider>())
            log.Reopen();
    }

    [LoggerMessage(5012, LogLevel.Information, "Told to stop while in lame duck mode: it stops when the last client is gone")]
    private static partial void LogAlreadyLeaving(ILogger logger);
}
