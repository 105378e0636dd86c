using System.Text;
using Xunit;

namespace Bayou.Unit.Raft.Scripts;

/// <summary>
/// A data-driven test: commands, each followed by its input, a line <c>----</c>, and the output up to an empty line.
/// Lines that begin with # between commands are comments.
/// </summary>
internal static class Script
{
    private const string Separator = "----";

    /// <summary>The scripts of a folder, or a single null where the shared data is missing.</summary>
    public static TheoryData<string?> In(string folder)
    {
        var data = new TheoryData<string?>();
        var path = Path.Combine(Root, folder);
        if (!Directory.Exists(path))
        {
            data.Add(new TheoryDataRow<string?>(null));
            return data;
        }

        foreach (var file in Directory.EnumerateFiles(path, "*.txt").Order(StringComparer.Ordinal))
        {
            data.Add(Path.GetFileNameWithoutExtension(file));
        }

        return data;
    }

    /// <summary>Runs every command and compares what it prints, line for line.</summary>
    public static void Run(string folder, string? name, Func<ScriptCommand, string> execute)
    {
        Assert.SkipWhen(name is null, $"No scripts: {Path.Combine(Root, folder)} does not exist. Set BAYOU_TESTDATA to the shared test data.");
        var differences = new StringBuilder();
        var commands = Parse(File.ReadAllLines(Path.Combine(Root, folder, name + ".txt")));
        Assert.NotEmpty(commands);
        foreach (var command in commands)
        {
            var actual = execute(command).TrimEnd('\n');
            if (actual != command.Expected)
            {
                differences.AppendLine($"line {command.Line}: {command.Name}");
                Compare(command.Expected.Split('\n'), actual.Split('\n'), differences);
                break;
            }
        }

        Assert.True(differences.Length == 0, differences.ToString());
    }

    internal static IReadOnlyList<ScriptCommand> Parse(string[] lines)
    {
        var commands = new List<ScriptCommand>();
        for (var next = 0; next < lines.Length;)
        {
            if (lines[next].Length == 0 || lines[next][0] == '#')
            {
                next++;
                continue;
            }

            var first = next;
            var input = TakeUntil(static line => line == Separator, ref next, lines, first + 1);
            var output = TakeUntil(static line => line.Length == 0, ref next, lines, next);
            var words = SplitArguments(lines[first]);
            commands.Add(new ScriptCommand(first + 1, words[0].Key, words[1..], string.Join('\n', input), string.Join('\n', output)));
        }

        return commands;
    }

    private static string Root =>
        Path.Combine(Environment.GetEnvironmentVariable("BAYOU_TESTDATA") ?? DefaultTestData(), "raft-testdata");

    /// <summary>The folder <c>shared</c> beside the repository.</summary>
    private static string DefaultTestData()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Solution.sln")))
        {
            folder = folder.Parent;
        }

        return Path.Combine(folder?.Parent?.FullName ?? "..", "shared");
    }

    private static List<string> TakeUntil(Predicate<string> isEnd, ref int next, string[] lines, int start)
    {
        var taken = new List<string>();
        for (next = start; next < lines.Length && !isEnd(lines[next]); next++)
        {
            taken.Add(lines[next]);
        }

        next++;
        return taken;
    }

    private static List<ScriptArgument> SplitArguments(string line)
    {
        var arguments = new List<ScriptArgument>();
        while ((line = line.TrimStart()).Length > 0)
        {
            var end = EndOfArgument(line);
            arguments.Add(ToArgument(line[..end]));
            line = line[end..];
        }

        return arguments;
    }

    /// <summary>A space ends an argument unless it stands within parentheses.</summary>
    private static int EndOfArgument(string line)
    {
        var depth = 0;
        for (var i = 0; i < line.Length; i++)
        {
            depth += line[i] switch { '(' => 1, ')' => -1, _ => 0 };
            if (line[i] == ' ' && depth == 0)
            {
                return i;
            }
        }

        return line.Length;
    }

    private static ScriptArgument ToArgument(string text)
    {
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        if (equals < 0)
        {
            return new ScriptArgument(text, []);
        }

        var value = text[(equals + 1)..];
        var values = value.StartsWith('(')
            ? value[1..^1].Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            : [value];
        return new ScriptArgument(text[..equals], values);
    }

    private static void Compare(string[] expected, string[] actual, StringBuilder differences)
    {
        for (var i = 0; i < Math.Max(expected.Length, actual.Length); i++)
        {
            var wanted = i < expected.Length ? expected[i] : null;
            var got = i < actual.Length ? actual[i] : null;
            if (wanted == got)
            {
                differences.AppendLine($"    {got}");
                continue;
            }

            differences.AppendLine($"  - {wanted ?? "(end)"}");
            differences.AppendLine($"  + {got ?? "(end)"}");
        }
    }
}
