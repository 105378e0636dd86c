using System.Reflection;

namespace Bayou.TestKit;

/// <summary>
/// Clients from the npm registry, as the lock file of the conformance tests names them. They are installed where they are missing,
/// in the sources' own folder, since npm installs into it.
/// </summary>
public static class NodePackages
{
    private static readonly Lazy<Task> Installed = new(InstallAsync);

    /// <summary>The folder from which programs find the packages.</summary>
    public static string Folder { get; } = typeof(NodePackages).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(static attribute => attribute.Key == "ClientPrograms")
        .Value!;

    public static bool CanInstall => Programs.Have("node") && Programs.Have("npm");

    public static Task EnsureAsync() => Installed.Value;

    private static async Task InstallAsync()
    {
        if (Directory.Exists(Path.Combine(Folder, "node_modules", "nats"))) return;
        await Programs.RunAsync(["npm", "ci", "--no-audit", "--no-fund"], Folder);
    }
}
