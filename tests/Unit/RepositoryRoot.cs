namespace Bayou.Unit;

/// <summary>Where the sources are: the nearest folder above the test program that holds the solution.</summary>
internal static class RepositoryRoot
{
    public static string Path { get; } = Find(AppContext.BaseDirectory);

    private static string Find(string directory)
    {
        for (var folder = new DirectoryInfo(directory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "Solution.sln")))
            {
                return folder.FullName;
            }
        }

        throw new DirectoryNotFoundException($"No Solution.sln above {directory}.");
    }
}
