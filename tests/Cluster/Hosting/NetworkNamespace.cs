using Bayou.TestKit;

namespace Bayou.ClusterTests.Hosting;

/// <summary>A network of its own, with a loopback address on which every port is free. Making one takes the rights of the administrator.</summary>
public sealed class NetworkNamespace : IAsyncDisposable
{
    private NetworkNamespace(string name) => Name = name;

    public string Name { get; }

    /// <summary>What to write in front of a command so that it runs inside.</summary>
    public IReadOnlyList<string> Wrapper => ["ip", "netns", "exec", Name];

    /// <summary>Makes one, or says why that does not work here.</summary>
    public static async Task<(NetworkNamespace? Namespace, string Reason)> TryCreateAsync(string prefix)
    {
        if (!Programs.Have("ip")) return (null, "The program ip is not installed");
        string name = $"bayou-{prefix}-{Environment.ProcessId}";
        (int exitCode, string output) = await Programs.TryAsync(["ip", "netns", "add", name]);
        if (exitCode != 0) return (null, output.Trim());
        var made = new NetworkNamespace(name);
        await made.RunAsync("ip", "link", "set", "lo", "up");
        return (made, "");
    }

    /// <summary>Runs a command inside; it must succeed.</summary>
    public Task<string> RunAsync(params IReadOnlyList<string> command) => Programs.RunAsync([.. Wrapper, .. command]);

    public async ValueTask DisposeAsync() => await Programs.RunAsync(["ip", "netns", "del", Name]);
}
