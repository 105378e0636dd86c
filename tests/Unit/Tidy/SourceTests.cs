using System.Text.RegularExpressions;
using Xunit;

namespace Bayou.Unit.Tidy;

/// <summary>What no source file may contain.</summary>
public sealed partial class SourceTests
{
    private const int MaxLines = 500;

    // Put together here, or this file would be the first to offend.
    private static readonly string[] Reminders = ["TO" + "DO", "FIX" + "ME", "HA" + "CK", "X" + "XX"];
    private static readonly string[] MachinePaths = ["/wo" + "rk/", "/ro" + "ot/", "/Use" + "rs/", @"C:\Use" + "rs"];

    private static readonly string[] Texts = [".cs", ".md", ".sh", ".csproj", ".props", ".proto", ".yml", ".json", ".js", ".mjs", "Dockerfile", ".ci/run"];

    [Fact]
    public void Nothing_IsLeftForLater() => Assert.Empty(SourceTree.Find(
        SourceTree.Files(Texts), static line => Reminders.Any(word => Regex.IsMatch(line, $@"\b{word}\b", RegexOptions.None, TimeSpan.FromSeconds(1)))));

    [Fact]
    public void NoPath_LeadsToOneMachine() => Assert.Empty(SourceTree.Find(
        SourceTree.Files(Texts), static line => MachinePaths.Any(path => line.Contains(path, StringComparison.Ordinal))));

    [Fact]
    public void EverySourceFile_IsShort() => Assert.Empty(SourceTree.Files(".cs", ".sh")
        .Select(path => (Path: path, Lines: SourceTree.Read(path).AsSpan().Count('\n')))
        .Where(file => file.Lines > MaxLines)
        .Select(file => $"{file.Path}: {file.Lines} lines"));

    [Fact]
    public void EveryLogEvent_HasAnIdOfItsOwn()
    {
        var events = SourceTree.Files(".cs")
            .Where(path => !path.StartsWith("tests/", StringComparison.Ordinal))
            .SelectMany(path => LogEvent().Matches(SourceTree.Read(path)).Select(match => (Id: match.Groups["id"].Value, Path: path)))
            .ToList();

        Assert.NotEmpty(events);
        Assert.Empty(events.GroupBy(one => one.Id).Where(group => group.Count() > 1).Select(group => $"{group.Key}: {string.Join(", ", group.Select(one => one.Path))}"));
    }

    [GeneratedRegex(@"\[LoggerMessage\((EventId = )?(?<id>\d+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex LogEvent();
}
