namespace Bayou.Grains.Administration;

/// <summary>What may have been meant by a name that is not there. Pure.</summary>
internal static class SimilarNames
{
    private const int MaxNamed = 10;

    /// <summary>The names that begin most like it, whatever their case; there may be thousands of others.</summary>
    public static IReadOnlyList<string> To(string name, IEnumerable<string> known) =>
    [
        .. known
            .OrderByDescending(candidate => CommonLength(name, candidate))
            .ThenBy(candidate => candidate, StringComparer.Ordinal)
            .Take(MaxNamed),
    ];

    private static int CommonLength(string one, string other)
    {
        var length = 0;
        while (length < Math.Min(one.Length, other.Length) && char.ToUpperInvariant(one[length]) == char.ToUpperInvariant(other[length]))
        {
            length++;
        }

        return length;
    }
}
