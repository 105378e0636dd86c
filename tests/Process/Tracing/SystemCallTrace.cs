using System.Globalization;
using System.Text.RegularExpressions;

namespace Bayou.ProcessTests.Tracing;

/// <summary>Reads what strace wrote. A call that another thread interrupted has two lines there, and one entry here.</summary>
internal static partial class SystemCallTrace
{
    public static List<SystemCall> Read(string path)
    {
        var calls = new List<SystemCall>();
        var unfinished = new Dictionary<string, (string Name, string Arguments, int Line)>(StringComparer.Ordinal);
        int number = 0;
        foreach (string line in File.ReadLines(path))
        {
            number++;
            if (Resumed().Match(line) is { Success: true } resumed)
            {
                if (!unfinished.Remove(resumed.Groups["thread"].Value, out (string Name, string Arguments, int Line) begun)) continue;
                string rest = resumed.Groups["rest"].Value;
                calls.Add(new SystemCall(begun.Name, begun.Arguments + rest, begun.Line, number, ResultOf(rest)));
            }
            else if (Begun().Match(line) is { Success: true } begins)
            {
                string name = begins.Groups["name"].Value;
                string rest = begins.Groups["rest"].Value;
                if (rest.EndsWith("<unfinished ...>", StringComparison.Ordinal)) unfinished[begins.Groups["thread"].Value] = (name, rest, number);
                else calls.Add(new SystemCall(name, rest, number, number, ResultOf(rest)));
            }
        }

        calls.AddRange(unfinished.Values.Select(static call => new SystemCall(call.Name, call.Arguments, call.Line, int.MaxValue, -1)));
        return [.. calls.OrderBy(static call => call.Began)];
    }

    private static long ResultOf(string text) =>
        Result().Match(text) is { Success: true } match ? long.Parse(match.Groups["result"].Value, CultureInfo.InvariantCulture) : -1;

    [GeneratedRegex(@"^(?<thread>\d+) +(?<name>\w+)\((?<rest>.*)$", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Begun();

    [GeneratedRegex(@"^(?<thread>\d+) +<\.\.\. \w+ resumed>(?<rest>.*)$", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Resumed();

    [GeneratedRegex(@"\) += (?<result>-?\d+)[^""]*$", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Result();
}
