using System.Buffers;
using System.Globalization;

namespace Bayou.Silo.Configuration;

/// <summary>
/// Durations as Go writes them: <c>1h30m</c>, <c>500ms</c>, <c>1.5s</c>, <c>-2m</c>, <c>0</c>. Units are ns, us (or µs), ms, s,
/// m and h. A TimeSpan's tick is 100 ns; what is smaller is cut off.
/// </summary>
public static class GoDuration
{
    private static readonly SearchValues<char> NumberCharacters = SearchValues.Create("0123456789.");

    /// <summary>Reads a duration; false where the text is none or beyond what a TimeSpan holds.</summary>
    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = default;
        var rest = text.AsSpan();
        var isNegative = rest.StartsWith('-');
        if (isNegative || rest.StartsWith('+'))
            rest = rest[1..];
        if (rest is "0")
            return true;
        if (rest.IsEmpty)
            return false;

        var ticks = 0m;
        while (!rest.IsEmpty)
        {
            if (!TryTakeNumber(ref rest, out var number) || !TryTakeUnit(ref rest, out var ticksPerUnit))
                return false;
            if (number > long.MaxValue / ticksPerUnit)
                return false;
            ticks += number * ticksPerUnit;
        }

        if (ticks > long.MaxValue)
            return false;
        duration = TimeSpan.FromTicks((long)(isNegative ? -ticks : ticks));
        return true;
    }

    /// <summary>The shortest text that Go would print for it, near enough for a message: <c>1h30m0s</c>.</summary>
    public static string Format(TimeSpan duration)
    {
        if (duration < TimeSpan.Zero)
            return "-" + Format(duration.Negate());
        if (duration < TimeSpan.FromSeconds(1))
            return duration == TimeSpan.Zero ? "0s" : string.Create(CultureInfo.InvariantCulture, $"{duration.TotalMilliseconds:0.####}ms");

        var hours = (long)duration.TotalHours;
        var seconds = (decimal)(duration.Ticks % TimeSpan.TicksPerMinute) / TimeSpan.TicksPerSecond;
        return (hours > 0 ? $"{hours}h" : "")
            + (hours > 0 || duration.Minutes > 0 ? $"{duration.Minutes}m" : "")
            + string.Create(CultureInfo.InvariantCulture, $"{seconds:0.#######}s");
    }

    private static bool TryTakeNumber(ref ReadOnlySpan<char> rest, out decimal number)
    {
        var length = rest.IndexOfAnyExcept(NumberCharacters);
        var digits = length < 0 ? rest : rest[..length];
        rest = rest[digits.Length..];
        return decimal.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out number);
    }

    private static bool TryTakeUnit(ref ReadOnlySpan<char> rest, out decimal ticks)
    {
        var length = rest.IndexOfAny(NumberCharacters);
        var unit = length < 0 ? rest : rest[..length];
        rest = rest[unit.Length..];
        ticks = unit switch
        {
            "ns" => 0.01m,
            "us" or "µs" or "μs" => TimeSpan.TicksPerMicrosecond,
            "ms" => TimeSpan.TicksPerMillisecond,
            "s" => TimeSpan.TicksPerSecond,
            "m" => TimeSpan.TicksPerMinute,
            "h" => TimeSpan.TicksPerHour,
            _ => 0,
        };
        return ticks > 0;
    }
}
