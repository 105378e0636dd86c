using System.Collections.Concurrent;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Bayou.Silo.Logging;

/// <summary>
/// Logs as nats-server does, to standard error or to a file. Disposing it writes out what waits; a process that ends
/// without doing so may lose its last lines.
/// </summary>
[ProviderAlias("Server")]
public sealed class ServerLoggerProvider : ILoggerProvider, IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, ServerLogger> _loggers = new(StringComparer.Ordinal);
    private readonly LogWriter _writer;

    /// <summary>Logs where the options say.</summary>
    /// <exception cref="IOException">The log file cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">The log file may not be written.</exception>
    public ServerLoggerProvider(LoggingOptions options)
        : this(options, static current => Open(current.LogFile), TimeProvider.System, Environment.ProcessId)
    {
    }

    internal ServerLoggerProvider(LoggingOptions options, Func<LoggingOptions, TextWriter> open, TimeProvider time, int processId) =>
        _writer = new LogWriter(options, open, time, processId);

    public ILogger CreateLogger(string categoryName) =>
        _loggers.GetOrAdd(categoryName, name => new ServerLogger(name, _writer));

    /// <summary>Opens the log file again, after it was moved away (SIGUSR1).</summary>
    public void Reopen() => _writer.Reopen();

    /// <summary>Logs by other options from the next line on.</summary>
    /// <exception cref="IOException">The log file cannot be opened; everything stays as it was.</exception>
    /// <exception cref="UnauthorizedAccessException">The log file may not be written; everything stays as it was.</exception>
    public void Change(LoggingOptions options) => _writer.Change(options);

    public ValueTask DisposeAsync() => _writer.DisposeAsync();

    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    private static StreamWriter Open(string? logFile)
    {
        var stream = logFile is null
            ? Console.OpenStandardError()
            : new FileStream(logFile, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
        return new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
    }
}
