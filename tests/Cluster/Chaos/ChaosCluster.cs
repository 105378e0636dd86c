using System.Diagnostics;
using System.Net;
using Bayou.ClusterTests.Disks;
using Bayou.ClusterTests.Hosting;
using Bayou.ClusterTests.Network;
using Bayou.TestKit;

namespace Bayou.ClusterTests.Chaos;

/// <summary>Three nodes, each a machine of its own as far as the network goes and, where that is wanted, the disk.</summary>
internal sealed class ChaosCluster : IAsyncDisposable
{
    private const int ClientPort = 4222;
    private const int RoutePort = 6222;
    private const int MonitoringPort = 8222;
    private static readonly TimeSpan AdministrationPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan StartBudget = 3 * Patience.Long;
    private const long DiskBytes = 1200L << 20;

    private readonly TemporaryDirectory _directory = new();
    private readonly List<NetworkNamespace> _namespaces = [];
    private readonly List<LossyDisk> _disks = [];

    private ChaosCluster(NetworkSwitch network) => Network = network;

    public NetworkSwitch Network { get; }

    /// <summary>One per node, or none at all.</summary>
    public IReadOnlyList<LossyDisk> Disks => _disks;

    public IReadOnlyList<ClusterNode> Nodes { get; private set; } = [];

    /// <summary>The longest that it took until all nodes were ready, after some of them had been started again.</summary>
    public TimeSpan SlowestStart { get; private set; }

    /// <summary>Why there cannot be such a cluster on this machine; null if there can.</summary>
    public static string? ReasonWhyNot(bool hasDisks) =>
        Environment.UserName != "root" ? "Making networks takes the rights of the administrator"
        : !TapDevice.IsAvailable ? "There is no /dev/net/tun"
        : !Programs.Have("ip") || !Programs.Have("nsenter") ? "ip or nsenter is not installed"
        : hasDisks ? LossyDisk.ReasonWhyNot : null;

    public static async Task<ChaosCluster> StartAsync(IChaosTarget target, bool hasDisks, Random random)
    {
        var cluster = new ChaosCluster(await NetworkSwitch.StartAsync(new Random(random.Next())));
        try
        {
            await cluster.BuildAsync(target, hasDisks);
            await cluster.RestoreAsync();
            return cluster;
        }
        catch (Exception)
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>The port of a node at the switch.</summary>
    public static int PortOf(int node) => node + 1;

    /// <summary>Where clients connect, beginning with some node.</summary>
    public IPEndPoint[] Servers(int first = 0) => [.. Enumerable.Range(first, Nodes.Count).Select(i => Nodes[i % Nodes.Count].Endpoint)];

    /// <summary>Everybody who runs is running again, and ready.</summary>
    public async Task RestoreAsync()
    {
        foreach (ClusterNode node in Nodes.Where(static node => !node.IsRunning)) await node.BeginAgainAsync();
        long begun = Stopwatch.GetTimestamp();
        await Task.WhenAll(Nodes.Select(static node => node.ReadyAsync(StartBudget)));
        TimeSpan took = Stopwatch.GetElapsedTime(begun);
        if (took > SlowestStart) SlowestStart = took;
    }

    /// <summary>Has a node removed from the cluster; it ends when the others have what it had. Asks again while it is refused, as where an earlier change is under way.</summary>
    public async Task RemoveAsync(ClusterNode node, int through)
    {
        string[] command = [.. _namespaces[through].Wrapper, ServerProgram.Path, "cluster", "remove", node.Name, "--no-wait", "--server", $"http://127.0.0.1:{MonitoringPort}"];
        long begun = Stopwatch.GetTimestamp();
        (int exitCode, string output) = await Programs.TryAsync(command);
        while (exitCode != 0)
        {
            if (Stopwatch.GetElapsedTime(begun) > StartBudget) throw new InvalidOperationException($"{node.Name} could not be removed: {output}");
            await Task.Delay(AdministrationPause);
            (exitCode, output) = await Programs.TryAsync(command);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (ClusterNode node in Nodes) await node.DisposeAsync();
        foreach (LossyDisk disk in _disks) await disk.DisposeAsync();
        await Network.DisposeAsync();
        foreach (NetworkNamespace space in _namespaces) await space.DisposeAsync();
        _directory.Dispose();
    }

    private async Task BuildAsync(IChaosTarget target, bool hasDisks)
    {
        string program = hasDisks ? await LossyDisk.CompileAsync(_directory.Path) : "";
        var settings = new List<NodeSettings>();
        foreach (string name in (string[])["a", "b", "c"])
        {
            (NetworkNamespace? space, string reason) = await NetworkNamespace.TryCreateAsync("chaos-" + name);
            _namespaces.Add(space ?? throw new InvalidOperationException(reason));
            int port = await Network.ConnectAsync(space);
            string folder = Directory.CreateDirectory(Path.Combine(_directory.Path, name)).FullName;
            if (hasDisks) _disks.Add(await LossyDisk.CreateAsync(program, folder, DiskBytes));
            settings.Add(new NodeSettings
            {
                Name = name,
                Data = "disk/store",
                Address = Network.AddressOf(port),
                ClientPort = ClientPort,
                RoutePort = RoutePort,
                More = $"http: \"127.0.0.1:{MonitoringPort}\"",
                Wrapper = space.Wrapper,
            });
        }

        Nodes = [.. settings.Select(node => target.Prepare(_directory.Path, node, settings))];
    }
}
