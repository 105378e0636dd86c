using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Bayou.Conformance;

/// <summary>Keeps what the gateway logs.</summary>
public sealed class RecordingLog : ILoggerProvider, ILogger
{
    private readonly ConcurrentQueue<(LogLevel Level, string Text)> _lines = new();

    /// <summary>The lines at level trace, in order.</summary>
    public IEnumerable<string> Traces => At(LogLevel.Trace);

    /// <summary>The errors, in order.</summary>
    public IEnumerable<string> Errors => At(LogLevel.Error);

    public ILogger CreateLogger(string categoryName) => this;

    public bool IsEnabled(LogLevel logLevel) => true;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _lines.Enqueue((logLevel, formatter(state, exception)));

    public void Dispose()
    {
        // Nothing to release.
    }

    private IEnumerable<string> At(LogLevel level) => _lines.Where(line => line.Level == level).Select(static line => line.Text);
}
