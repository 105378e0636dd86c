namespace Bayou.Load.Reporting;

/// <summary>A plain text table: first column to the left, the others to the right.</summary>
public sealed class Table(string[] header)
{
    private readonly List<string[]> _rows = [header];

    public void Add(string[] row) => _rows.Add(row);

    public void Print(TextWriter output)
    {
        int[] widths = [.. Enumerable.Range(0, header.Length).Select(column => _rows.Max(row => row[column].Length))];
        foreach (string[] row in _rows)
        {
            var cells = row.Select((cell, column) => column == 0 || column == row.Length - 1 ? cell.PadRight(widths[column]) : cell.PadLeft(widths[column]));
            output.WriteLine("  " + string.Join("  ", cells).TrimEnd());
        }
    }
}
