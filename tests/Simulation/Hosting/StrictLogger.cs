using Bayou.Simulation.Run;
using Bayou.Storage;
using Microsoft.Extensions.Logging;

namespace Bayou.Simulation.Hosting;

/// <summary>Where the server would log an error and go on, a run ends: unless a damaged disk is the reason.</summary>
internal sealed class StrictLogger<T>(SiloEnvironment environment) : ILogger<T>
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel) || exception is StorageCorruptException or DiskFailureException)
        {
            return;
        }

        environment.Fail(new SimulationFailureException(formatter(state, exception), exception ?? new InvalidOperationException("It is logged as an error.")));
    }
}
