using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Bayou.Silo.Logging;

/// <summary>One line of the log, in nats-server's form: <c>[pid] 2019/04/09 11:09:39.997893 [INF] text</c>.</summary>
internal readonly record struct LogLine(DateTimeOffset Time, LogLevel Level, string Text)
{
    public string Format(int processId, bool withTime)
    {
        var time = withTime ? Time.ToString("yyyy/MM/dd HH:mm:ss.ffffff ", CultureInfo.InvariantCulture) : "";
        return string.Create(CultureInfo.InvariantCulture, $"[{processId}] {time}[{Name(Level)}] {Text}");
    }

    private static string Name(LogLevel level) => level switch
    {
        LogLevel.Trace => "TRC",
        LogLevel.Debug => "DBG",
        LogLevel.Information => "INF",
        LogLevel.Warning => "WRN",
        LogLevel.Error => "ERR",
        _ => "FTL",
    };
}
