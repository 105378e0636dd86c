using System.Text;

namespace Bayou.Unit.Raft.Scripts;

/// <summary>What a command prints. Nested steps are indented; below the chosen level nothing is logged, and at None nothing is printed.</summary>
internal sealed class Transcript
{
    private StringBuilder _text = new();

    public TranscriptLevel Level { get; set; }

    public bool IsQuiet => Level == TranscriptLevel.None;

    public void Log(TranscriptLevel level, string text)
    {
        if (Level <= level)
        {
            _text.Append(level.ToString().ToUpperInvariant()).Append(' ').Append(text).Append('\n');
        }
    }

    public void Write(string text)
    {
        if (!IsQuiet)
        {
            _text.Append(text);
        }
    }

    public void WriteLine(string text) => Write(text + "\n");

    public void Indented(Action step)
    {
        var outer = _text;
        _text = new StringBuilder();
        step();
        var lines = _text.ToString();
        _text = outer;
        if (lines.Length > 0)
        {
            foreach (var line in lines.TrimEnd('\n').Split('\n'))
            {
                _text.Append("  ").Append(line).Append('\n');
            }
        }
    }

    /// <summary>Everything since the last call.</summary>
    public string Take()
    {
        var text = _text.ToString();
        _text.Clear();
        return text;
    }
}
