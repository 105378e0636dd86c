using Bayou.ClusterTests.Hosting;
using Bayou.TestKit;
using Bayou.TestKit.Nats;
using Bayou.TestKit.Stan;
using Xunit;

namespace Bayou.ClusterTests.Misconfiguration;

/// <summary>A node whose data directory was put back from a copy lacks what it had acknowledged since, and must not vote.</summary>
public sealed class RestoredDirectoryTests : IDisposable
{
    private const string Reason = "The data directory is older than what the cluster has seen of this node";

    private readonly TemporaryDirectory _directory = new();

    [Fact]
    public async Task Directory_from_before_the_last_start_is_refused_at_every_start_and_an_empty_one_is_filled()
    {
        await using ServerCluster cluster = await ServerCluster.StartAsync(_directory.Path);
        ClusterNode a = cluster.Nodes[0];
        ClusterNode c = cluster.Nodes[2];
        await PublishAsync(a);
        Assert.Equal(0, await c.StopAsync());
        string copy = Path.Combine(_directory.Path, "copy");
        Copy(c.DataDirectory, copy);

        await c.StartAsync();
        await PublishAsync(c);
        await c.KillAsync();

        Directory.Delete(c.DataDirectory, recursive: true);
        Copy(copy, c.DataDirectory);
        for (int start = 1; start <= 3; start++)
        {
            // A supervisor starts it again and again; by number of starts alone it would have overtaken what it was before.
            c.Begin();
            Assert.Equal(1, await c.ExitAsync());
            string[] lines = [.. c.Log.Split('\n').Where(static line => line.Contains("[FTL]", StringComparison.Ordinal))];
            Assert.Equal(start, lines.Length);
            Assert.Contains(Reason, lines[^1], StringComparison.Ordinal);
            Assert.DoesNotContain("   at ", c.Log, StringComparison.Ordinal);
        }

        await PublishAsync(a);
        Assert.All(cluster.Except(c), static node => Assert.True(node.IsRunning));

        Directory.Delete(c.DataDirectory, recursive: true);
        await c.StartAsync();
        await PublishAsync(c);
    }

    public void Dispose() => _directory.Dispose();

    private static void Copy(string source, string target)
    {
        foreach (string file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
        {
            string place = Path.Combine(target, Path.GetRelativePath(source, file));
            Directory.CreateDirectory(Path.GetDirectoryName(place)!);
            File.Copy(file, place);
        }
    }

    private static async Task PublishAsync(ClusterNode node)
    {
        await using NatsConnection connection = await ServerCluster.ConnectAsync(node);
        StanClient client = await StanClient.ConnectAsync(connection);
        await client.PublishAsync("restored", "one more");
        await client.CloseAsync();
    }
}
