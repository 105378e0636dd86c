using Microsoft.Extensions.Logging;

namespace Bayou.Silo.Logging;

/// <summary>The logger of one category.</summary>
internal sealed class ServerLogger(string category, LogWriter writer) : ILogger
{
    private readonly string _prefix = Prefix(category);

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => LogCategories.IsEnabled(category, logLevel, writer.Options);

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel))
            return;
        var text = _prefix + formatter(state, exception);
        writer.Write(logLevel, exception is null ? text : text + Environment.NewLine + exception);
    }

    /// <summary>The streaming side signs as NATS Streaming does; a library is named, since nobody expects its voice.</summary>
    private static string Prefix(string category)
    {
        if (LogCategories.IsStreaming(category))
            return LogCategories.StreamingPrefix;
        return LogCategories.IsOurs(category) ? "" : category + ": ";
    }
}
