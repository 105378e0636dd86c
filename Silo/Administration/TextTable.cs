using System.Text;

namespace Bayou.Silo.Administration;

/// <summary>Rows under headings, in columns as wide as they have to be.</summary>
internal sealed class TextTable(params IReadOnlyList<string> headings)
{
    private readonly List<IReadOnlyList<string>> _rows = [headings];

    public void Add(params IReadOnlyList<string> row) => _rows.Add(row);

    public override string ToString()
    {
        var widths = Enumerable.Range(0, headings.Count).Select(column => _rows.Max(row => row[column].Length)).ToList();
        var text = new StringBuilder();
        foreach (var row in _rows)
        {
            text.Append(string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd()).Append('\n');
        }

        return text.ToString();
    }
}
