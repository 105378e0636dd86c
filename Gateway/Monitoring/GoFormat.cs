using System.Globalization;

namespace Bayou.Gateway.Monitoring;

/// <summary>Times as the tools that read these pages expect them: in the manner of Go's library.</summary>
internal static class GoFormat
{
    /// <summary>Whole seconds with the largest units first: <c>1d2h3m4s</c>.</summary>
    public static string Uptime(TimeSpan value)
    {
        if (value < TimeSpan.Zero) value = TimeSpan.Zero;
        string days = value.Days > 0 ? string.Create(CultureInfo.InvariantCulture, $"{value.Days}d") : "";
        string hours = value.TotalHours >= 1 ? string.Create(CultureInfo.InvariantCulture, $"{value.Hours}h") : "";
        string minutes = value.TotalMinutes >= 1 ? string.Create(CultureInfo.InvariantCulture, $"{value.Minutes}m") : "";
        return string.Create(CultureInfo.InvariantCulture, $"{days}{hours}{minutes}{value.Seconds}s");
    }

    /// <summary>A duration in the largest unit below it: <c>303µs</c>, <c>1.5ms</c>.</summary>
    public static string Duration(TimeSpan value)
    {
        if (value <= TimeSpan.Zero) return "0s";
        if (value < TimeSpan.FromMilliseconds(1)) return string.Create(CultureInfo.InvariantCulture, $"{value.TotalMicroseconds:0.###}µs");
        if (value < TimeSpan.FromSeconds(1)) return string.Create(CultureInfo.InvariantCulture, $"{value.TotalMilliseconds:0.######}ms");
        string hours = value.TotalHours >= 1 ? string.Create(CultureInfo.InvariantCulture, $"{(long)value.TotalHours}h") : "";
        string minutes = value.TotalMinutes >= 1 ? string.Create(CultureInfo.InvariantCulture, $"{value.Minutes}m") : "";
        double seconds = value.TotalSeconds % 60;
        return string.Create(CultureInfo.InvariantCulture, $"{hours}{minutes}{seconds:0.#######}s");
    }

    /// <summary>RFC 3339 in UTC.</summary>
    public static string Time(DateTimeOffset value) => value.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.FFFFFFFZ", CultureInfo.InvariantCulture);

    public static long Nanoseconds(TimeSpan value) => value.Ticks * TimeSpan.NanosecondsPerTick;
}
