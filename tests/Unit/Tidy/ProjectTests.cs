using System.Text.RegularExpressions;
using System.Xml.Linq;
using Xunit;

namespace Bayou.Unit.Tidy;

/// <summary>Who may know whom.</summary>
public sealed partial class ProjectTests
{
    /// <summary>Each project of the server with those it may reference. Tests and benchmarks may reference any of them.</summary>
    private static readonly Dictionary<string, string[]> Allowed = new(StringComparer.Ordinal)
    {
        ["Records"] = [],
        ["Raft"] = [],
        ["Import"] = [],
        ["Storage"] = ["Records"],
        ["Grains.Interfaces"] = ["Records"],
        ["Grains"] = ["Grains.Interfaces", "Import", "Raft", "Records", "Storage"],
        ["Gateway"] = ["Grains.Interfaces", "Records"],
        ["Silo"] = ["Gateway", "Grains", "Grains.Interfaces", "Import", "Raft", "Records", "Storage"],
    };

    private static readonly string[] WithoutPackages = ["Records", "Raft"];

    public static TheoryData<string> ServerProjects => [.. Allowed.Keys];

    [Theory]
    [MemberData(nameof(ServerProjects))]
    public void Project_ReferencesOnlyWhatItsPlaceAllows(string project)
    {
        var references = Items(project, "ProjectReference").Select(Path.GetFileNameWithoutExtension);
        Assert.All(references, reference => Assert.Contains(reference, Allowed[project]));
    }

    [Fact]
    public void CoreProjects_NeedNoPackages() =>
        Assert.All(WithoutPackages, project => Assert.Empty(Items(project, "PackageReference", shippedOnly: true)));

    [Fact]
    public void Storage_KnowsNoOrleans() => Assert.DoesNotContain(Items("Storage", "PackageReference"), package => package.Contains("Orleans", StringComparison.Ordinal));

    [Fact]
    public void EveryProject_IsInTheSolution()
    {
        var solution = ProjectInSolution().Matches(SourceTree.Read("Solution.sln")).Select(match => match.Groups["path"].Value.Replace('\\', '/'));
        Assert.Equal(SourceTree.Files(".csproj"), solution.Order(StringComparer.Ordinal));
    }

    private static IEnumerable<string> Items(string project, string kind, bool shippedOnly = false) =>
        XDocument.Parse(SourceTree.Read($"{project}/{project}.csproj")).Descendants(kind)
            .Where(item => !shippedOnly || item.Attribute("PrivateAssets")?.Value != "all")
            .Select(item => item.Attribute("Include")!.Value);

    [GeneratedRegex("\"(?<path>[^\"]+\\.csproj)\"", RegexOptions.None, 1000)]
    private static partial Regex ProjectInSolution();
}
