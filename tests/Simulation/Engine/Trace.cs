using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Bayou.Simulation.Engine;

/// <summary>
/// What happened in a run, as lines of text and as one hash over all of them. The hash is taken whether or not anybody reads the lines,
/// so that a run with the lines written out is known to be the same run.
/// </summary>
public sealed class Trace(TextWriter? output = null)
{
    /// <summary>Equal for equal runs, in any process.</summary>
    public ulong Hash { get; private set; } = 0xCBF29CE484222325;

    internal bool IsWritten => output is not null;

    internal EventLoop? Loop { private get; set; }

    /// <summary>The time of the run.</summary>
    internal TimeSpan Now => Loop?.Now ?? TimeSpan.Zero;

    /// <summary>Notes what <paramref name="who"/> does.</summary>
    public void Write(string who, [InterpolatedStringHandlerArgument("")] ref TraceLine line)
    {
        ArgumentNullException.ThrowIfNull(who);
        var now = Now;
        Mix((ulong)now.Ticks);
        Mix(who);
        output?.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{now.TotalMilliseconds,12:F3} {who,-10} {line.Text}"));
    }

    internal void Mix(ulong value) => Hash = ulong.RotateLeft((Hash ^ value) * 0x9E3779B97F4A7C15, 29);

    internal void Mix(ReadOnlySpan<char> text)
    {
        var words = MemoryMarshal.Cast<char, ulong>(text);
        foreach (var word in words)
        {
            Mix(word);
        }

        foreach (var sign in text[(words.Length * 4)..])
        {
            Mix(sign);
        }
    }
}
