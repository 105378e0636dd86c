using System.Reflection;

namespace Bayou.TestKit;

/// <summary>Data that are not in the repository: the folder that BAYOU_TESTDATA names, or <c>shared</c> beside the repository.</summary>
public static class TestData
{
    public static string Root { get; } = Environment.GetEnvironmentVariable("BAYOU_TESTDATA") is { Length: > 0 } named ? named : Default();

    private static string Default() => typeof(TestData).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(static attribute => attribute.Key == "TestData")
        .Value!;
}
