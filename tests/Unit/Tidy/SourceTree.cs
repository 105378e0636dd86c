namespace Bayou.Unit.Tidy;

/// <summary>The files of the repository that people wrote: everything but what builds and runs leave behind.</summary>
internal static class SourceTree
{
    private static readonly string[] GeneratedFolders =
        [".git", ".vs", ".idea", "bin", "obj", "node_modules", "artifacts", "bayou-data", "TestResults", "BenchmarkDotNet.Artifacts"];

    private static readonly Lazy<string[]> AllFiles = new(static () => [.. List(RepositoryRoot.Path).Order(StringComparer.Ordinal)]);

    /// <summary>Paths of files with one of these endings, relative to the root, with forward slashes.</summary>
    public static IEnumerable<string> Files(params string[] endings) =>
        AllFiles.Value.Where(path => endings.Any(ending => path.EndsWith(ending, StringComparison.Ordinal)));

    public static string Read(string path) => File.ReadAllText(Absolute(path));

    /// <summary>Lines that match, as <c>path:line: text</c>.</summary>
    public static IEnumerable<string> Find(IEnumerable<string> paths, Func<string, bool> matches) =>
        from path in paths
        from line in File.ReadLines(Absolute(path)).Select((text, at) => (Text: text, Number: at + 1))
        where matches(line.Text)
        select $"{path}:{line.Number}: {line.Text.Trim()}";

    public static bool Exists(string path) => File.Exists(Absolute(path)) || Directory.Exists(Absolute(path));

    private static string Absolute(string path) => Path.Combine(RepositoryRoot.Path, path);

    private static IEnumerable<string> List(string folder)
    {
        var files = Directory.EnumerateFiles(folder).Select(path => Path.GetRelativePath(RepositoryRoot.Path, path).Replace('\\', '/'));
        var folders = Directory.EnumerateDirectories(folder).Where(path => !GeneratedFolders.Contains(Path.GetFileName(path)));
        return files.Concat(folders.SelectMany(List));
    }
}
