using System.CommandLine.Parsing;
using Bayou.Load.Scenarios;

namespace Bayou.Load.Verbs;

/// <summary>What is run against A and what against B. <c>X vs Y</c> runs X on A and Y on B; plain <c>X</c> runs on both.</summary>
public sealed record Comparison(string Text, ComparisonSide A, ComparisonSide B)
{
    private const string Separator = " vs ";

    public static Comparison Parse(string text)
    {
        string[] sides = text.Split(Separator);
        if (sides.Length > 2)
            throw new LoadException($"'{text}' compares more than two commands.");
        return new Comparison(text, ParseSide(sides[0]), ParseSide(sides[^1]));
    }

    private static ComparisonSide ParseSide(string commandLine)
    {
        string[] words = [.. CommandLineParser.SplitCommandLine(commandLine)];
        var scenario = ScenarioCatalog.All().FirstOrDefault(candidate => words.Length > 0 && candidate.Name == words[0])
            ?? throw new LoadException($"'{commandLine}' does not begin with the name of a scenario.");
        var parse = scenario.ToCommand().Parse(words[1..]);
        if (parse.Errors.Count > 0)
            throw new LoadException($"'{commandLine}': {parse.Errors[0].Message}");
        return new ComparisonSide(commandLine, scenario.Bind(parse));
    }
}
