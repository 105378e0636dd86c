using Bayou.ClusterTests.Hosting;
using Bayou.ClusterTests.Network;

namespace Bayou.ClusterTests.Chaos;

/// <summary>All that a run can do to a cluster.</summary>
internal static class Faults
{
    public static IReadOnlyList<Fault> All { get; } =
    [
        new("sigkill", NeedsDisks: false, KillOneAsync),
        new("sigkill-all", NeedsDisks: false, KillAllAsync),
        new("sigterm", NeedsDisks: false, StopOneAsync),
        new("pause", NeedsDisks: false, (cluster, random) => Freeze(cluster, random, 1)),
        new("pause-majority", NeedsDisks: false, (cluster, random) => Freeze(cluster, random, 2)),
        new("partition-one", NeedsDisks: false, (cluster, random) => Cut(cluster, IsolationOf(random.Next(cluster.Nodes.Count), cluster))),
        new("partition-all", NeedsDisks: false, (cluster, _) => Cut(cluster, Enumerable.Range(0, cluster.Nodes.Count).SelectMany(node => IsolationOf(node, cluster)))),
        new("partition-one-way", NeedsDisks: false, (cluster, random) => Cut(cluster, Outgoing(random.Next(cluster.Nodes.Count), cluster))),
        new("partition-bridge", NeedsDisks: false, CutBridge),
        new("partition-clients", NeedsDisks: false, CutClients),
        new("delay", NeedsDisks: false, (cluster, _) => Disturb(cluster, TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(50), 0)),
        new("loss", NeedsDisks: false, (cluster, _) => Disturb(cluster, TimeSpan.Zero, TimeSpan.Zero, 20)),
        new("clock", NeedsDisks: false, ShiftClockAsync),
        new("corruption", NeedsDisks: false, CorruptAsync),
        new("membership", NeedsDisks: false, ChangeMembersAsync),
        new("disk-full", NeedsDisks: true, FillDiskAsync),
        new("powercut", NeedsDisks: true, (cluster, random) => CutPowerAsync(cluster, random, cluster.Nodes.Count)),
        new("powercut-majority", NeedsDisks: true, (cluster, random) => CutPowerAsync(cluster, random, 2)),
        new("powercut-one-pause", NeedsDisks: true, CutPowerAndFreezeAsync),
    ];

    /// <summary>One fault by its name; "all" is one of them after the other, as chance has it.</summary>
    public static Fault? Find(string name) => name == "all"
        ? new Fault("all", NeedsDisks: true, static (cluster, random) => All[random.Next(All.Count)].BeginAsync(cluster, random))
        : All.FirstOrDefault(fault => fault.Name == name);

    private static ClusterNode Any(ChaosCluster cluster, Random random) => cluster.Nodes[random.Next(cluster.Nodes.Count)];

    private static int[] Some(ChaosCluster cluster, Random random, int count)
    {
        int[] nodes = [.. Enumerable.Range(0, cluster.Nodes.Count)];
        random.Shuffle(nodes);
        return nodes[..count];
    }

    private static async Task<Func<Task>> KillOneAsync(ChaosCluster cluster, Random random)
    {
        await Any(cluster, random).KillAsync();
        return cluster.RestoreAsync;
    }

    private static async Task<Func<Task>> KillAllAsync(ChaosCluster cluster, Random random)
    {
        await Task.WhenAll(cluster.Nodes.Select(static node => node.KillAsync()));
        return cluster.RestoreAsync;
    }

    private static async Task<Func<Task>> StopOneAsync(ChaosCluster cluster, Random random)
    {
        await Any(cluster, random).StopAsync();
        return cluster.RestoreAsync;
    }

    private static Task<Func<Task>> Freeze(ChaosCluster cluster, Random random, int count)
    {
        ClusterNode[] frozen = [.. Some(cluster, random, count).Select(node => cluster.Nodes[node])];
        foreach (ClusterNode node in frozen) node.Process.Freeze();
        return Task.FromResult<Func<Task>>(() =>
        {
            foreach (ClusterNode node in frozen) node.Process.Thaw();
            return Task.CompletedTask;
        });
    }

    private static Task<Func<Task>> Cut(ChaosCluster cluster, IEnumerable<(int From, int To)> ways)
    {
        foreach ((int from, int to) in ways) cluster.Network.Cut(ChaosCluster.PortOf(from), ChaosCluster.PortOf(to));
        return Task.FromResult<Func<Task>>(() => Heal(cluster));
    }

    private static Task Heal(ChaosCluster cluster)
    {
        cluster.Network.Heal();
        return Task.CompletedTask;
    }

    private static IEnumerable<(int From, int To)> Outgoing(int node, ChaosCluster cluster) =>
        Enumerable.Range(0, cluster.Nodes.Count).Where(other => other != node).Select(other => (node, other));

    private static IEnumerable<(int From, int To)> IsolationOf(int node, ChaosCluster cluster) =>
        Outgoing(node, cluster).SelectMany(static way => ((int, int)[])[way, (way.To, way.From)]);

    /// <summary>One node sees both others, which do not see each other.</summary>
    private static Task<Func<Task>> CutBridge(ChaosCluster cluster, Random random)
    {
        int[] apart = Some(cluster, random, 2);
        return Cut(cluster, [(apart[0], apart[1]), (apart[1], apart[0])]);
    }

    /// <summary>Clients lose a node that its peers still see.</summary>
    private static Task<Func<Task>> CutClients(ChaosCluster cluster, Random random)
    {
        int port = ChaosCluster.PortOf(random.Next(cluster.Nodes.Count));
        cluster.Network.Cut(port, NetworkSwitch.Own);
        cluster.Network.Cut(NetworkSwitch.Own, port);
        return Task.FromResult<Func<Task>>(() => Heal(cluster));
    }

    private static Task<Func<Task>> Disturb(ChaosCluster cluster, TimeSpan delay, TimeSpan jitter, int lossPercent)
    {
        cluster.Network.Disturb(delay, jitter, lossPercent);
        return Task.FromResult<Func<Task>>(() => Heal(cluster));
    }

    /// <summary>A node comes back with its wall clock up to an hour off.</summary>
    private static async Task<Func<Task>> ShiftClockAsync(ChaosCluster cluster, Random random)
    {
        ClusterNode node = Any(cluster, random);
        await node.KillAsync();
        node.Begin("faketime", "--exclude-monotonic", "-f", $"{random.Next(-3600, 3600):+0;-0}s");
        await node.ReadyAsync();
        return async () =>
        {
            await node.KillAsync();
            await cluster.RestoreAsync();
        };
    }

    /// <summary>
    /// Always the same node: what it has to mend, it may only have from the others. It is left alone until it is ready; the next
    /// damage may then come before all of this one is mended, and the others still have everything.
    /// </summary>
    private static async Task<Func<Task>> CorruptAsync(ChaosCluster cluster, Random random)
    {
        ClusterNode node = cluster.Nodes[0];
        await node.KillAsync();
        FileDamage.Apply(node.DataDirectory, random);
        return cluster.RestoreAsync;
    }

    /// <summary>
    /// A node is removed for good, and comes back as a new one with an empty disk. While the others take over what it had, one of them is cut off or killed.
    /// </summary>
    private static async Task<Func<Task>> ChangeMembersAsync(ChaosCluster cluster, Random random)
    {
        int[] nodes = Some(cluster, random, cluster.Nodes.Count);
        ClusterNode leaving = cluster.Nodes[nodes[0]];
        int disturbed = nodes[random.Next(1, nodes.Length)];
        await cluster.RemoveAsync(leaving, through: nodes[1]);
        await Task.Delay(random.Next(0, 500));
        if (random.Next(2) == 0) await cluster.Nodes[disturbed].KillAsync();
        else await Cut(cluster, IsolationOf(disturbed, cluster));
        return async () =>
        {
            cluster.Network.Heal();
            if (!cluster.Nodes[disturbed].IsRunning) await cluster.Nodes[disturbed].BeginAgainAsync();
            await leaving.ExitAsync();
            Directory.Delete(leaving.DataDirectory, recursive: true);
            await cluster.RestoreAsync();
        };
    }

    private static async Task<Func<Task>> FillDiskAsync(ChaosCluster cluster, Random random)
    {
        int node = random.Next(cluster.Nodes.Count);
        await cluster.Disks[node].FillAsync();
        return () =>
        {
            cluster.Disks[node].Free();
            return cluster.RestoreAsync();
        };
    }

    private static async Task<Func<Task>> CutPowerAsync(ChaosCluster cluster, Random random, int count)
    {
        int[] nodes = Some(cluster, random, count);
        await Task.WhenAll(nodes.Select(node => cluster.Nodes[node].KillAsync()));
        foreach (int node in nodes) await cluster.Disks[node].CutAsync(random.Next(), random.Next(0, 101));
        return cluster.RestoreAsync;
    }

    /// <summary>One node loses its power and comes back while another one stands still: what the first has forgotten, the third alone has.</summary>
    private static async Task<Func<Task>> CutPowerAndFreezeAsync(ChaosCluster cluster, Random random)
    {
        int[] nodes = Some(cluster, random, 2);
        await cluster.Nodes[nodes[0]].KillAsync();
        await cluster.Disks[nodes[0]].CutAsync(random.Next(), random.Next(0, 101));
        ClusterNode frozen = cluster.Nodes[nodes[1]];
        frozen.Process.Freeze();
        await cluster.Nodes[nodes[0]].BeginAgainAsync();
        return async () =>
        {
            frozen.Process.Thaw();
            await cluster.RestoreAsync();
        };
    }
}
