using Bayou.TestKit;

namespace Bayou.ProcessTests.Administration;

/// <summary>A server of a cluster, with the configuration file that an operator would write.</summary>
internal sealed class ClusterNode(string name, string directory, int clusterPort, IReadOnlyList<string> flags)
{
    public string Name => name;

    /// <summary>The process that runs now.</summary>
    public ServerProcess Server { get; private set; } = null!;

    public string Address => $"http://127.0.0.1:{Server.Launch.MonitoringPort}";

    /// <summary>Starts it, with a file that names its peers (none for one that joins) and the ports of other servers.</summary>
    public async Task StartAsync(IEnumerable<string> peers, IEnumerable<int> routes)
    {
        string data = Path.Combine(directory, name);
        string file = Path.Combine(directory, name + ".conf");
        string names = string.Join(", ", peers.Where(peer => peer != name).Select(peer => $"\"{peer}\""));
        await File.WriteAllTextAsync(file, $$"""
            cluster {
              listen: "127.0.0.1:{{clusterPort}}"
              routes: [{{string.Join(", ", routes.Where(port => port != clusterPort).Select(port => $"\"nats://127.0.0.1:{port}\""))}}]
            }
            streaming {
              cluster {
                node_id: "{{name}}"
                {{(names.Length > 0 ? $"peers: [{names}]" : "")}}
              }
            }
            """);
        Server = await ServerProcess.StartAsync(new ServerLaunch { Directory = data, Flags = ["-c", file, .. flags] });
    }

    public async Task RestartAsync() => Server = await Server.StartAgainAsync();
}
