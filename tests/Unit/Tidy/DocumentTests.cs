using System.Text.RegularExpressions;
using Xunit;

namespace Bayou.Unit.Tidy;

/// <summary>What the documents name must be there.</summary>
public sealed partial class DocumentTests
{
    [Fact]
    public void EveryRelativeLink_LeadsSomewhere() => Assert.Empty(
        from document in SourceTree.Files(".md")
        from link in Links(document)
        where !link.Contains("://", StringComparison.Ordinal) && !Resolves(document, link)
        select $"{document}: {link}");

    /// <summary>Text in backticks that begins with a folder of the repository is a path.</summary>
    [Fact]
    public void EveryPathInADocument_Exists()
    {
        var folders = SourceTree.Files("").Where(path => path.Contains('/', StringComparison.Ordinal)).Select(path => path[..(path.IndexOf('/', StringComparison.Ordinal) + 1)]).Distinct().ToList();
        Assert.Empty(
            from document in SourceTree.Files(".md")
            from code in CodeSpan().Matches(SourceTree.Read(document)).Select(match => match.Groups["code"].Value)
            where folders.Any(folder => code.StartsWith(folder, StringComparison.Ordinal)) && !SourceTree.Exists(code.TrimEnd('/'))
            select $"{document}: {code}");
    }

    [Fact]
    public void CommandsOfTheReadme_AreThere()
    {
        var readme = SourceTree.Read("README.md");
        Assert.Contains("\ndotnet run -c Release --project Silo\n", readme, StringComparison.Ordinal);
        Assert.Contains("\n./test.sh\n", readme, StringComparison.Ordinal);
        Assert.True(SourceTree.Exists("Silo/Silo.csproj"));
        Assert.Contains("./test.sh", SourceTree.Read(".ci/run"), StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows())
        {
            foreach (var path in (string[])["test.sh", ".ci/run"])
            {
                Assert.True(File.GetUnixFileMode(Path.Combine(RepositoryRoot.Path, path)).HasFlag(UnixFileMode.UserExecute), path);
            }
        }
    }

    private static IEnumerable<string> Links(string document) =>
        Link().Matches(SourceTree.Read(document)).Select(match => match.Groups["target"].Value);

    private static bool Resolves(string document, string link)
    {
        var parts = link.Split('#', 2);
        var target = parts[0].Length == 0 ? document : Path.Combine(Path.GetDirectoryName(document)!, parts[0]).Replace('\\', '/');
        return SourceTree.Exists(target) && (parts.Length == 1 || Headings(target).Contains(parts[1]));
    }

    /// <summary>Headings as the names that links use: lower case, words joined by hyphens, other signs gone.</summary>
    private static IEnumerable<string> Headings(string document) => SourceTree.Read(document)
        .Split('\n')
        .Where(line => line.StartsWith('#'))
        .Select(line => string.Concat(line.TrimStart('#').Trim().ToLowerInvariant().Where(sign => char.IsLetterOrDigit(sign) || sign is ' ' or '-' or '_')).Replace(' ', '-'));

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)\)", RegexOptions.None, 1000)]
    private static partial Regex Link();

    [GeneratedRegex(@"`(?<code>[A-Za-z.][\w./-]*)`", RegexOptions.None, 1000)]
    private static partial Regex CodeSpan();
}
