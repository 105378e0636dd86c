using System.Globalization;

namespace Bayou.Simulation.Command;

/// <summary>
/// The table of mutants in a document, which is the one place where their seeds stand. Its rows begin with the name of a mutant as code;
/// whatever else the document says is left alone.
/// </summary>
public static class MutantTable
{
    private const string Header = "| mutant |";

    /// <summary>The rows of a document.</summary>
    public static IReadOnlyList<Row> Read(IEnumerable<string> lines) => [.. lines.Select(Parse).OfType<Row>()];

    /// <summary>A document in which the row of a mutant is <paramref name="row"/>; a mutant without a row gets one at the end of the table.</summary>
    /// <exception cref="InvalidDataException">The document has no such table.</exception>
    public static IReadOnlyList<string> Put(IReadOnlyList<string> lines, Row row)
    {
        ArgumentNullException.ThrowIfNull(lines);
        ArgumentNullException.ThrowIfNull(row);
        var result = lines.ToList();
        var at = result.FindIndex(line => Parse(line)?.Mutant == row.Mutant);
        if (at >= 0)
        {
            result[at] = row.ToString();
            return result;
        }

        var header = result.FindIndex(static line => line.StartsWith(Header, StringComparison.Ordinal));
        if (header < 0)
        {
            throw new InvalidDataException($"The document has no table that begins with '{Header}'.");
        }

        var end = result.FindIndex(header, static line => !line.StartsWith('|'));
        result.Insert(end < 0 ? result.Count : end, row.ToString());
        return result;
    }

    private static Row? Parse(string line) =>
        line.Split(" | ") is [var first, var title, var seed, var noticedBy]
        && first.StartsWith("| `", StringComparison.Ordinal) && first.EndsWith('`') && noticedBy.EndsWith(" |", StringComparison.Ordinal)
        && int.TryParse(seed, CultureInfo.InvariantCulture, out var number)
            ? new Row(first[3..^1], title, number, noticedBy[..^2])
            : null;

    /// <param name="Mutant">Its name.</param>
    /// <param name="Title">What the program does wrong.</param>
    /// <param name="Seed">The first seed that shows it.</param>
    /// <param name="NoticedBy">The check that noticed.</param>
    public sealed record Row(string Mutant, string Title, int Seed, string NoticedBy)
    {
        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"| `{Mutant}` | {Title} | {Seed} | {NoticedBy} |");
    }
}
