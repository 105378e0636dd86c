using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Bayou.Silo.Logging;

/// <summary>
/// Writes log lines from one task behind a bounded queue. Whoever logs never waits: while the disk or the terminal is
/// slower than the server, lines are dropped and counted, and the count is written once there is room again.
/// </summary>
internal sealed class LogWriter : IAsyncDisposable
{
    /// <summary>Some seconds of a busy server at trace level; about 4 MiB of short lines.</summary>
    public const int QueueCapacity = 16 * 1024;

    private readonly Channel<LogLine> _queue;
    private readonly Func<LoggingOptions, TextWriter> _open;
    private readonly TimeProvider _time;
    private readonly int _processId;
    private readonly Task _writing;
    private long _dropped;
    private LoggingOptions _options;
    private TextWriter? _next;
    private int _reopenRequested;

    /// <summary>Starts to write.</summary>
    /// <param name="options">Whether lines carry the time, and where they go.</param>
    /// <param name="open">Opens the log; called again after <see cref="Reopen"/> and for another file.</param>
    /// <param name="time">The clock of the lines.</param>
    /// <param name="processId">The number in brackets.</param>
    /// <param name="capacity">Lines that may wait.</param>
    public LogWriter(LoggingOptions options, Func<LoggingOptions, TextWriter> open, TimeProvider time, int processId, int capacity = QueueCapacity)
    {
        _options = options;
        _open = open;
        _time = time;
        _processId = processId;
        _queue = Channel.CreateBounded<LogLine>(
            new BoundedChannelOptions(capacity) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true },
            _ => Interlocked.Increment(ref _dropped));

        // Opened here, so that a log file that cannot be opened stops the start.
        var output = open(options);
        _writing = Task.Run(() => WriteAsync(output));
    }

    /// <summary>What it goes by now.</summary>
    public LoggingOptions Options => Volatile.Read(ref _options);

    public void Write(LogLevel level, string text) => _queue.Writer.TryWrite(new LogLine(Now(), level, text));

    /// <summary>Closes the log and opens it again before the next line, so that a log file can be moved away.</summary>
    public void Reopen()
    {
        Interlocked.Exchange(ref _reopenRequested, 1);
        Write(LogLevel.Information, "File log re-opened");
    }

    /// <summary>Goes by other options, from the next line on. Where the file that they name cannot be opened, this throws, and nothing changes.</summary>
    public void Change(LoggingOptions options)
    {
        if (_writing.IsCompleted) throw new IOException("the log cannot be written any more, and needs a restart");
        if (options.LogFile != Options.LogFile) Interlocked.Exchange(ref _next, _open(options))?.Dispose();
        Volatile.Write(ref _options, options);
    }

    /// <summary>Writes what waits, and closes the log.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _writing.ConfigureAwait(false);
    }

    private DateTimeOffset Now() => Options.LogTimeUtc ? _time.GetUtcNow() : _time.GetLocalNow();

    private async Task WriteAsync(TextWriter output)
    {
        try
        {
            while (await _queue.Reader.WaitToReadAsync().ConfigureAwait(false))
            {
                if (Interlocked.Exchange(ref _reopenRequested, 0) == 1)
                {
                    await output.DisposeAsync().ConfigureAwait(false);
                    output = _open(Options);
                }

                if (Interlocked.Exchange(ref _next, null) is { } next)
                {
                    await output.DisposeAsync().ConfigureAwait(false);
                    output = next;
                }

                while (_queue.Reader.TryRead(out var line))
                    await output.WriteLineAsync(line.Format(_processId, Options.LogTime)).ConfigureAwait(false);
                await ReportDroppedAsync(output).ConfigureAwait(false);
                await output.FlushAsync().ConfigureAwait(false);
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // There is no log left to say it in.
            await Console.Error.WriteLineAsync($"bayou: the log cannot be written any more: {failure.Message}").ConfigureAwait(false);
        }
        finally
        {
            await output.DisposeAsync().ConfigureAwait(false);
            Interlocked.Exchange(ref _next, null)?.Dispose();
        }
    }

    private async Task ReportDroppedAsync(TextWriter output)
    {
        var dropped = Interlocked.Exchange(ref _dropped, 0);
        if (dropped == 0)
            return;
        var line = new LogLine(Now(), LogLevel.Warning, $"{dropped} log lines were dropped because the log could not keep up");
        await output.WriteLineAsync(line.Format(_processId, Options.LogTime)).ConfigureAwait(false);
    }
}
