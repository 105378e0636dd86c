using Bayou.Silo.Configuration.CommandLine;
using Bayou.Silo.Configuration.Schema;
using Xunit;

namespace Bayou.Unit.Silo;

/// <summary>docs/CONFIGURATION.md names everything that can be set.</summary>
public sealed class DocumentationTests
{
    private static readonly string Text = File.ReadAllText(Path.Combine(Root(), "docs", "CONFIGURATION.md"));

    [Fact]
    public void EveryKeyAndAlias_IsDocumented() =>
        Assert.All(Names(RootSchema.Root).Distinct(StringComparer.Ordinal), name => Assert.Contains($"`{name}`", Text, StringComparison.Ordinal));

    [Fact]
    public void EveryFlag_IsDocumented() =>
        Assert.All(FlagTable.All.SelectMany(flag => flag.Names), name => Assert.Matches($"`--?{name}`", Text));

    [Fact]
    public void EveryRefusedKey_IsDocumentedAsRefused()
    {
        var rows = Text.Split('\n').Where(line => line.Contains("**refused**", StringComparison.Ordinal)).ToList();

        Assert.All(Refused(RootSchema.Root), name => Assert.Contains(rows, row => row.Contains($"`{name}`", StringComparison.Ordinal)));
    }

    private static IEnumerable<string> Names(IOptionNames block) => block.Names.SelectMany(option =>
        option.Aliases.Append(option.Name).Where(name => name is not ("streaming" or "bayou")).Concat(option.Children is null ? [] : Names(option.Children)));

    private static IEnumerable<string> Refused(IOptionNames block) => block.Names.SelectMany(option =>
        (option.Effect is OptionEffect.Refused or OptionEffect.Unavailable ? [option.Name] : Enumerable.Empty<string>()).Concat(option.Children is null ? [] : Refused(option.Children)));

    private static string Root()
    {
        var directory = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(directory, "Solution.sln")))
            directory = Path.GetDirectoryName(directory) ?? throw new DirectoryNotFoundException("No Solution.sln above the tests.");
        return directory;
    }
}
