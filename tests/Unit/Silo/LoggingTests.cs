using Bayou.Silo.Logging;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Bayou.Unit.Silo;

public sealed class LoggingTests : IDisposable
{
    private static readonly DateTimeOffset Start = new(2019, 4, 9, 11, 9, 39, TimeSpan.Zero);

    private readonly FakeTimeProvider _time = new(Start.AddTicks(9978930));
    private readonly StringWriter _output = new() { NewLine = "\n" };

    [Theory]
    [InlineData(LogLevel.Trace, "TRC")]
    [InlineData(LogLevel.Debug, "DBG")]
    [InlineData(LogLevel.Information, "INF")]
    [InlineData(LogLevel.Warning, "WRN")]
    [InlineData(LogLevel.Error, "ERR")]
    [InlineData(LogLevel.Critical, "FTL")]
    public async Task ALine_LooksLikeNatsServers(LogLevel level, string name)
    {
        await LogAsync(new LoggingOptions { Debug = true, Trace = true }, "Bayou.Gateway", logger => logger.Log(level, "Server is ready"));

        Assert.Equal($"[77] 2019/04/09 11:09:39.997893 [{name}] Server is ready\n", _output.ToString());
    }

    [Fact]
    public async Task WithoutLogTime_ThereIsNoTime()
    {
        await LogAsync(new LoggingOptions { LogTime = false }, "Bayou.Gateway", logger => logger.LogInformation("x"));

        Assert.Equal("[77] [INF] x\n", _output.ToString());
    }

    [Theory]
    [InlineData(false, "13:09:39.997893")]
    [InlineData(true, "11:09:39.997893")]
    public async Task Time_IsLocalUnlessUtcIsAsked(bool isUtc, string expected)
    {
        _time.SetLocalTimeZone(TimeZoneInfo.CreateCustomTimeZone("test", TimeSpan.FromHours(2), "test", "test"));

        await LogAsync(new LoggingOptions { LogTimeUtc = isUtc }, "Bayou.Gateway", logger => logger.LogInformation("x"));

        Assert.Equal($"[77] 2019/04/09 {expected} [INF] x\n", _output.ToString());
    }

    [Theory]
    [InlineData("Bayou.Grains.ChannelGrain", "STREAM: x")]
    [InlineData("Bayou.Gateway.Streaming.Translator", "STREAM: x")]
    [InlineData("Bayou.Storage.Journal", "STREAM: x")]
    [InlineData("Bayou.Gateway.StreamingLike", "x")]
    [InlineData("Bayou.Silo", "x")]
    [InlineData("Orleans.Silo", "Orleans.Silo: x")]
    public async Task TheStreamingSide_SignsItsLines(string category, string text)
    {
        await LogAsync(new LoggingOptions { LogTime = false }, category, logger => logger.LogWarning("x"));

        Assert.Equal($"[77] [WRN] {text}\n", _output.ToString());
    }

    [Theory]
    [InlineData("Bayou.Gateway", "", "INF WRN ERR")]
    [InlineData("Bayou.Gateway", "D", "DBG INF WRN ERR")]
    [InlineData("Bayou.Gateway", "V", "TRC INF WRN ERR")]
    [InlineData("Bayou.Gateway", "SD SV", "INF WRN ERR")]
    [InlineData("Bayou.Grains", "D V", "INF WRN ERR")]
    [InlineData("Bayou.Grains", "SD", "DBG INF WRN ERR")]
    [InlineData("Bayou.Grains", "SV", "TRC INF WRN ERR")]
    [InlineData("Orleans.Runtime", "", "WRN ERR")]
    [InlineData("Microsoft.AspNetCore.Server.Kestrel", "V", "WRN ERR")]
    [InlineData("Orleans.Runtime", "D", "INF WRN ERR")]
    [InlineData("Bayoux", "", "WRN ERR")]
    public async Task Switches_DecideWhatIsWanted(string category, string switches, string expected)
    {
        var on = switches.Split(' ');
        var options = new LoggingOptions { LogTime = false, Debug = on.Contains("D"), Trace = on.Contains("V"), StreamingDebug = on.Contains("SD"), StreamingTrace = on.Contains("SV") };

        await LogAsync(options, category, logger =>
        {
            logger.LogTrace("x");
            logger.LogDebug("x");
            logger.LogInformation("x");
            logger.LogWarning("x");
            logger.LogError("x");
        });

        var lines = _output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(expected, string.Join(' ', lines.Select(line => line.Split('[', ']')[3])));
    }

    [Fact]
    public async Task AnException_FollowsItsLine()
    {
        await LogAsync(new LoggingOptions { LogTime = false }, "Bayou.Silo", logger => logger.LogError(new InvalidOperationException("why"), "what"));

        Assert.Equal($"[77] [ERR] what{Environment.NewLine}System.InvalidOperationException: why\n", _output.ToString());
    }

    [Fact]
    public async Task AStuckLog_DropsAndCountsInsteadOfBlocking()
    {
        const int Capacity = 4;
        var stuck = new StuckWriter();
        var writer = new LogWriter(new LoggingOptions { LogTime = false }, _ => stuck, _time, 77, Capacity);

        writer.Write(LogLevel.Information, "first");
        await stuck.Reached;
        for (var number = 0; number < Capacity + 3; number++)
            writer.Write(LogLevel.Information, $"line {number}");
        stuck.Release();
        await writer.DisposeAsync();

        Assert.Equal(
            ["[77] [INF] first", "[77] [INF] line 0", "[77] [INF] line 1", "[77] [INF] line 2", "[77] [INF] line 3", "[77] [WRN] 3 log lines were dropped because the log could not keep up"],
            stuck.Lines);
    }

    [Fact]
    public async Task Reopening_StartsANewFile()
    {
        var logs = new List<StringWriter>();
        var writer = new LogWriter(
            new LoggingOptions { LogTime = false },
            _ =>
            {
                logs.Add(new StringWriter { NewLine = "\n" });
                return logs[^1];
            },
            _time,
            77);

        writer.Reopen();
        await writer.DisposeAsync();

        Assert.Equal(["", "[77] [INF] File log re-opened\n"], logs.Select(log => log.ToString()));
    }

    [Fact]
    public async Task AnotherFile_TakesTheLinesFromThenOn()
    {
        var logs = new Dictionary<string, StringWriter>(StringComparer.Ordinal);
        var options = new LoggingOptions { LogTime = false, LogFile = "old" };
        var writer = new LogWriter(options, current => logs[current.LogFile!] = new StringWriter { NewLine = "\n" }, _time, 77);

        writer.Change(options with { LogFile = "new" });
        writer.Write(LogLevel.Information, "x");
        await writer.DisposeAsync();

        Assert.Equal(("", "[77] [INF] x\n"), (logs["old"].ToString(), logs["new"].ToString()));
    }

    [Fact]
    public async Task AFileThatCannotBeOpened_ChangesNothing()
    {
        var options = new LoggingOptions { LogTime = false };
        await using (var provider = new ServerLoggerProvider(options, current => current.LogFile is null ? _output : throw new IOException("full"), _time, 77))
        {
            var logger = provider.CreateLogger("Bayou.Gateway");
            Assert.Throws<IOException>(() => provider.Change(options with { Debug = true, LogFile = "new" }));
            logger.LogDebug("x");
            provider.Change(options with { Debug = true });
            logger.LogDebug("y");
        }

        Assert.Equal("[77] [DBG] y\n", _output.ToString());
    }

    [Fact]
    public async Task ALogFile_IsAppendedToAndCompleteWhenTheHostIsDisposed()
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, "before\n", TestContext.Current.CancellationToken);
            var services = new ServiceCollection().AddLogging(logging => logging.UseServerLog(new LoggingOptions { LogFile = file, LogTime = false }));
            await using (var provider = services.BuildServiceProvider())
            {
                var logger = provider.GetRequiredService<ILoggerFactory>().CreateLogger("Bayou.Silo");
                for (var number = 0; number < 1000; number++)
                    logger.LogInformation("line {Number}", number);
            }

            var lines = await File.ReadAllLinesAsync(file, TestContext.Current.CancellationToken);
            Assert.Equal(1001, lines.Length);
            Assert.Equal(("before", $"[{Environment.ProcessId}] [INF] line 999"), (lines[0], lines[^1]));
        }
        finally
        {
            File.Delete(file);
        }
    }

    public void Dispose() => _output.Dispose();

    private async Task LogAsync(LoggingOptions options, string category, Action<ILogger> log)
    {
        await using var provider = new ServerLoggerProvider(options, _ => _output, _time, 77);
        log(provider.CreateLogger(category));
    }

    /// <summary>A log whose first write does not return until it is released.</summary>
    private sealed class StuckWriter : StringWriter
    {
        private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Reached => _reached.Task;

        public List<string?> Lines { get; } = [];

        public void Release() => _released.SetResult();

        public override async Task WriteLineAsync(string? value)
        {
            Lines.Add(value);
            _reached.TrySetResult();
            await _released.Task;
        }
    }
}
