using System.Text.RegularExpressions;
using Bayou.Gateway;
using Xunit;

namespace Bayou.Unit.Tidy;

/// <summary>What the container files name must be there; no container engine is needed to see that.</summary>
public sealed partial class ContainerTests
{
    private static readonly string[] Instructions = SourceTree.Read("Dockerfile").Split('\n');

    [Fact]
    public void EveryCopiedPath_Exists()
    {
        var sources = Instructions
            .Where(line => line.StartsWith("COPY ", StringComparison.Ordinal) && !line.Contains("--from=", StringComparison.Ordinal))
            .SelectMany(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..^1])
            .ToList();

        Assert.NotEmpty(sources);
        Assert.All(sources, path => Assert.True(SourceTree.Exists(path), path));
    }

    [Fact]
    public void EveryProjectThatTheServerNeeds_IsCopiedBeforeTheRestore()
    {
        var copied = Instructions.TakeWhile(line => !line.Contains("dotnet restore", StringComparison.Ordinal)).ToList();
        Assert.All(ProjectTests.ServerProjects, project =>
            Assert.Contains(copied, line => line.StartsWith($"COPY {project.Data}/{project.Data}.csproj", StringComparison.Ordinal)));
    }

    [Fact]
    public void Program_IsWhatTheProjectBuilds()
    {
        Assert.Contains("<AssemblyName>bayou</AssemblyName>", SourceTree.Read("Silo/Silo.csproj"), StringComparison.Ordinal);
        Assert.Contains("ENTRYPOINT [\"/app/bayou\"]", Instructions);
        Assert.Contains(Instructions, line => line.Contains("dotnet publish Silo/Silo.csproj", StringComparison.Ordinal) && line.EndsWith("-o /app", StringComparison.Ordinal));
    }

    [Fact]
    public void Ports_AreTheServers()
    {
        Assert.Contains($"EXPOSE {new GatewayOptions().Port} 8222", Instructions);
        Assert.Contains("CMD [\"-m\", \"8222\"]", Instructions);
        Assert.Equal(["4222:4222", "8222:8222"], Port().Matches(SourceTree.Read("docker-compose.yml")).Select(match => match.Groups["port"].Value));
    }

    [Fact]
    public void Volume_IsTheSameInBothFiles()
    {
        Assert.Contains("VOLUME /var/lib/bayou", Instructions);
        Assert.Contains("WORKDIR /var/lib/bayou", Instructions);
        Assert.Contains("- silo-data:/var/lib/bayou", SourceTree.Read("docker-compose.yml"), StringComparison.Ordinal);
    }

    [GeneratedRegex("- \"(?<port>\\d+:\\d+)\"", RegexOptions.None, 1000)]
    private static partial Regex Port();
}
