using System.Net;
using System.Reflection;
using Bayou.ClusterTests.Hosting;
using Bayou.TestKit;
using Xunit;

namespace Bayou.ClusterTests.WalkThrough;

/// <summary>
/// A cluster as its users set one up: three short files, three processes, and a program that knows the three addresses. Each node is
/// killed and started again while the program runs, and the program does not notice.
/// </summary>
public sealed class WalkThroughTests(ITestOutputHelper output)
{
    /// <summary>About two seconds of the program's life.</summary>
    private const int SomeDots = 20;

    private static readonly string[] Urls = ["nats://localhost:4221", "nats://localhost:4222", "nats://localhost:4223"];

    /// <summary>The folder of this project's sources. A path that the compiler gives is not one that exists.</summary>
    private static string Sources { get; } = typeof(WalkThroughTests).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(static attribute => attribute.Key == "Sources")
        .Value!;

    [Fact]
    public async Task Node_nats_streaming_program_goes_on_while_each_node_is_killed()
    {
        if (!NodePackages.CanInstall) Assert.Skip("node and npm are not installed; the walk through a cluster is not tested here.");
        await NodePackages.EnsureAsync();
        using var directory = new TemporaryDirectory();
        await WalkAsync(directory, ["node", Path.Combine(Sources, "WalkThrough", "dots.mjs"), NodePackages.Folder, .. Urls]);
    }

    [Fact]
    public async Task Libnats_program_goes_on_while_each_node_is_killed()
    {
        if (!Programs.Have("cc") || !File.Exists("/usr/include/nats/nats.h"))
        {
            Assert.Skip("cc or libnats-dev is not installed; the walk through a cluster is not tested with a client in C.");
        }

        using var directory = new TemporaryDirectory();
        string program = directory.File("dots");
        await Programs.RunAsync(
            ["cc", "-O1", "-DNATS_HAS_STREAMING", "-o", program, Path.Combine(Sources, "WalkThrough", "dots.c"), "-lnats", "-lpthread"]);
        await WalkAsync(directory, [program, .. Urls]);
    }

    private async Task WalkAsync(TemporaryDirectory directory, string[] program)
    {
        (NetworkNamespace? network, string reason) = await NetworkNamespace.TryCreateAsync("walk");
        if (network is null) Assert.Skip($"No network namespace can be made here, which the ports of the walk through a cluster need: {reason}");
        await using NetworkNamespace used = network;
        ClusterNode[] nodes = [.. Enumerable.Range(0, 3).Select(number => Node(directory.Path, number, network))];
        try
        {
            foreach (ClusterNode node in nodes) node.Begin();
            await Task.WhenAll(nodes.Select(static node => node.ReadyAsync()));
            await using DotsProgram dots = DotsProgram.Start([.. network.Wrapper, .. program]);
            await dots.AdvanceAsync(SomeDots);
            foreach (ClusterNode node in nodes)
            {
                await node.KillAsync();
                await dots.AdvanceAsync(SomeDots);
                await node.StartAsync();
                await dots.AdvanceAsync(SomeDots);
            }

            DotsReport report = await dots.StopAsync();
            output.WriteLine($"{report.Published} published, {report.Acknowledged} acknowledged, given up by the client: {string.Join(' ', report.Failed)}");
            Assert.Empty(report.Lost);
            Assert.Empty(report.Missing);

            // At most what was in flight inside a killed gateway.
            Assert.InRange(report.Acknowledged, report.Published - (2 * nodes.Length), report.Published);
            Assert.Equal("", report.Errors);
        }
        catch (Exception)
        {
            foreach (ClusterNode node in nodes) output.WriteLine($"--- {node.Name}\n{node.Log}");
            throw;
        }
        finally
        {
            foreach (ClusterNode node in nodes) await node.DisposeAsync();
        }
    }

    private static ClusterNode Node(string directory, int number, NetworkNamespace network)
    {
        string name = "abc"[number..(number + 1)];
        string file = Path.Combine(directory, name + ".conf");
        File.WriteAllText(file, FileOf(number));
        var launch = new ServerLaunch { Directory = directory, Port = 4221 + number, ConfigurationFile = name + ".conf", Wrapper = network.Wrapper };
        return new ClusterNode(name, new IPEndPoint(IPAddress.Loopback, launch.Port), launch);
    }

    /// <summary>Word for word what a user of NATS Streaming would write.</summary>
    private static string FileOf(int number)
    {
        int[] others = [.. Enumerable.Range(0, 3).Where(other => other != number)];
        return $$"""
            port: {{4221 + number}}
            cluster { listen: 0.0.0.0:{{6221 + number}}
              routes: [ "nats-route://localhost:{{6221 + others[0]}}", "nats-route://localhost:{{6221 + others[1]}}", ] }
            streaming { id: test
              store: file
              dir: store{{"abc"[number]}}
              cluster { node_id: "{{"abc"[number]}}"
                peers: ["{{"abc"[others[0]]}}", "{{"abc"[others[1]]}}"] } }
            """;
    }
}
