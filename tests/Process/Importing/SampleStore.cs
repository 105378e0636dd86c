using System.Text.Json;
using System.Text.RegularExpressions;
using Bayou.TestKit;
using Xunit;

namespace Bayou.ProcessTests.Importing;

/// <summary>A store that a nats-streaming-server wrote, with what that server said of it.</summary>
internal sealed partial class SampleStore
{
    public const string ClusterId = "sample";
    public const string Key = "bayou-sample-key";

    private static readonly string Root = Path.Combine(TestData.Root, "stan-stores");

    private readonly string _folder;

    private SampleStore(string name)
    {
        _folder = Path.Combine(Root, name);
        Name = name;
        Expected = JsonDocument.Parse(File.ReadAllText(Path.Combine(_folder, "expected.json"))).RootElement;
    }

    public string Name { get; }

    public JsonElement Expected { get; }

    public string Directory => Path.Combine(_folder, "store");

    public string? RaftLog => Path.Combine(_folder, "raft") is var path && System.IO.Directory.Exists(path) ? path : null;

    public bool IsEncrypted => Name.StartsWith("encrypted", StringComparison.Ordinal) || Name == "mixed";

    public IEnumerable<JsonElement> Channels => Expected.GetProperty("channels").EnumerateArray();

    /// <summary>A store by name; without the data the test is skipped.</summary>
    public static SampleStore Open(string name)
    {
        Assert.SkipUnless(System.IO.Directory.Exists(Root), $"No sample stores: {Root} does not exist. Set BAYOU_TESTDATA to the shared test data.");
        return new SampleStore(name);
    }

    /// <summary>The configuration that the server ran with, of a server alone, in a file of its own.</summary>
    public string WriteConfiguration(TemporaryDirectory directory) => WriteConfiguration(directory.File("server.conf"), streamingCluster: "", natsCluster: "");

    /// <summary>The same with other blocks for the cluster, on the streaming and on the NATS side.</summary>
    public string WriteConfiguration(string path, string streamingCluster, string natsCluster)
    {
        string written = File.ReadAllText(Path.Combine(_folder, "server.conf"));
        File.WriteAllText(path, ClusterBlock().Replace(written, streamingCluster) + natsCluster);
        return path;
    }

    [GeneratedRegex(@"^  cluster: \{[^}]*\}", RegexOptions.Multiline, 1000)]
    private static partial Regex ClusterBlock();
}
