using System.Reflection;

namespace Bayou.TestKit;

/// <summary>The server's executable: the one built with the tests, or the one that BAYOU_PROGRAM names.</summary>
public static class ServerProgram
{
    public static string Path { get; } = Environment.GetEnvironmentVariable("BAYOU_PROGRAM") is { Length: > 0 } named ? named : Built();

    private static string Built()
    {
        string path = typeof(ServerProgram).Assembly
            .GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(static attribute => attribute.Key == "ServerProgram")
            .Value!;
        return File.Exists(path) ? path : throw new FileNotFoundException("The server has not been built.", path);
    }
}
