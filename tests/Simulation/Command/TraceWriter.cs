using System.Text;

namespace Bayou.Simulation.Command;

/// <summary>Passes on the lines of a trace that somebody wants to read.</summary>
internal sealed class TraceWriter(TextWriter output, bool showsFrames) : TextWriter
{
    public override Encoding Encoding => output.Encoding;

    public override void Write(char value) => output.Write(value);

    public override void WriteLine(string? value)
    {
        if (showsFrames || value is null || !value.Contains(" receives ", StringComparison.Ordinal))
        {
            output.WriteLine(value);
        }
    }
}
