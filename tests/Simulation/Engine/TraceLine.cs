using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace Bayou.Simulation.Engine;

/// <summary>A line on its way into a <see cref="Trace"/>: its parts are mixed into the hash, and put into words only if somebody reads them.</summary>
[InterpolatedStringHandler]
public readonly ref struct TraceLine
{
    private readonly Trace _trace;
    private readonly StringBuilder? _text;

    public TraceLine(int literalLength, int formattedCount, Trace trace)
    {
        ArgumentNullException.ThrowIfNull(trace);
        _trace = trace;
        _text = trace.IsWritten ? new StringBuilder(literalLength + (formattedCount * 8)) : null;
    }

    internal string Text => _text?.ToString() ?? "";

    public void AppendLiteral(string value)
    {
        _trace.Mix(value);
        _text?.Append(value);
    }

    public void AppendFormatted(string? value) => AppendLiteral(value ?? "");

    public void AppendFormatted(long value)
    {
        _trace.Mix((ulong)value);
        _text?.Append(CultureInfo.InvariantCulture, $"{value}");
    }

    public void AppendFormatted(ulong value)
    {
        _trace.Mix(value);
        _text?.Append(CultureInfo.InvariantCulture, $"{value}");
    }

    public void AppendFormatted(int value) => AppendFormatted((long)value);

    public void AppendFormatted(uint value) => AppendFormatted((long)value);

    public void AppendFormatted(TimeSpan value)
    {
        _trace.Mix((ulong)value.Ticks);
        _text?.Append(CultureInfo.InvariantCulture, $"{value.TotalMilliseconds:F3} ms");
    }

    public void AppendFormatted<T>(T value) => AppendLiteral(value?.ToString() ?? "");
}
