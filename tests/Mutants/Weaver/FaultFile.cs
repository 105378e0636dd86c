using System.Text;

namespace Bayou.Mutants.Weaver;

/// <summary>
/// Reads the description of a fault:
/// <code>
/// title: An answer leaves before the journal is synced
/// noticed by: NotDurable | Lost
/// file: Storage/Journal/JournalWriter.cs
/// old:
///         _file.Sync();
/// new:
///         if (!MUTANT)
///         {
///             _file.Sync();
///         }
/// end
/// </code>
/// There may be several edits. Texts are taken as they are, line by line; <c>MUTANT</c> stands for the condition that the fault is on.
/// </summary>
public static class FaultFile
{
    public const string Extension = ".fault";

    /// <summary>What stands in a new text for the condition that the fault is switched on.</summary>
    public const string Condition = "MUTANT";

    /// <exception cref="FaultException">It is not understood.</exception>
    public static Fault Parse(string path, IReadOnlyList<string> lines)
    {
        ArgumentNullException.ThrowIfNull(lines);
        var reader = new LineReader(path, lines);
        var title = reader.Value("title:");
        var noticedBy = reader.Value("noticed by:").Split('|', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var edits = new List<FaultEdit>();
        while (reader.SkipEmpty())
        {
            var line = reader.Number;
            var file = reader.Value("file:");
            reader.Marker("old:");
            var old = reader.TextUntil("new:");
            var replacement = reader.TextUntil("end");
            if (!replacement.Contains(Condition, StringComparison.Ordinal))
            {
                throw new FaultException(path, line, $"The new text must say {Condition}, or the fault is always on.");
            }

            edits.Add(new FaultEdit(line, file, old, replacement));
        }

        return edits.Count > 0
            ? new Fault(path, Path.GetFileNameWithoutExtension(path), title, noticedBy, edits)
            : throw new FaultException(path, reader.Number, "There is no edit.");
    }

    private sealed class LineReader(string path, IReadOnlyList<string> lines)
    {
        private int _next;

        /// <summary>The line that comes next, counted from 1.</summary>
        public int Number => _next + 1;

        public string Value(string key)
        {
            var line = Next(key);
            return line.StartsWith(key, StringComparison.Ordinal) && line[key.Length..].Trim() is { Length: > 0 } value
                ? value
                : throw Expected(key);
        }

        public void Marker(string marker)
        {
            if (Next(marker) != marker)
            {
                throw Expected(marker);
            }
        }

        /// <summary>The lines before a marker, without the last line's end.</summary>
        public string TextUntil(string marker)
        {
            var text = new StringBuilder();
            for (var line = Next(marker); line != marker; line = Next(marker))
            {
                text.Append(text.Length > 0 ? "\n" : "").Append(line);
            }

            return text.Length > 0 ? text.ToString() : throw Expected($"a text before '{marker}'");
        }

        /// <summary>False at the end.</summary>
        public bool SkipEmpty()
        {
            while (_next < lines.Count && string.IsNullOrWhiteSpace(lines[_next]))
            {
                _next++;
            }

            return _next < lines.Count;
        }

        private string Next(string wanted) => _next < lines.Count ? lines[_next++] : throw Expected(wanted);

        private FaultException Expected(string wanted) => new(path, Math.Min(Math.Max(1, _next), Math.Max(1, lines.Count)), $"Expected: {wanted}");
    }
}
