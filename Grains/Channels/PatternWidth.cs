namespace Bayou.Grains.Channels;

/// <summary>Orders names and patterns of channels, widest first: <c>&gt;</c> before <c>*</c> before a literal, token by token.</summary>
internal sealed class PatternWidth : IComparer<string>
{
    public static readonly PatternWidth Order = new();

    public int Compare(string? x, string? y)
    {
        var left = x!.Split('.');
        var right = y!.Split('.');
        for (var i = 0; i < Math.Min(left.Length, right.Length); i++)
        {
            var order = Rank(left[i]).CompareTo(Rank(right[i]));
            if (order != 0)
            {
                return order;
            }
        }

        return left.Length.CompareTo(right.Length);
    }

    private static int Rank(string token) => token switch
    {
        ">" => 0,
        "*" => 1,
        _ => 2,
    };
}
