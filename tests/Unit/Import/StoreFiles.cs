using Bayou.Import;
using Bayou.Import.Wire;
using Google.Protobuf;

namespace Bayou.Unit.Import;

/// <summary>A store in a directory that goes away with it.</summary>
internal sealed class StoreFiles : IDisposable
{
    public StoreFiles(string clusterId = "sample", string node = "") =>
        Write("server.dat", new StoreBytes().Add(new ServerInfo { ClusterId = clusterId, NodeId = node }).ToArray());

    public string Path { get; } = Directory.CreateTempSubdirectory("bayou-unit-").FullName;

    public List<Damage> Damage { get; } = [];

    public StoreFiles Write(string name, byte[] bytes)
    {
        var path = System.IO.Path.Combine(Path, name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, bytes);
        return this;
    }

    /// <summary>Writes a slice of messages with its index.</summary>
    public StoreFiles WriteSlice(string channel, int number, StoreBytes slice) =>
        Write($"{channel}/msgs.{number}.dat", slice.ToArray()).Write($"{channel}/msgs.{number}.idx", slice.ToIndex());

    public StoreFiles WriteClients(params string[] clients)
    {
        var file = new StoreBytes();
        foreach (var client in clients)
        {
            file.Add(new ClientInfo { Id = client, HeartbeatInbox = $"hb.{client}", ConnId = ByteString.CopyFromUtf8($"conn-{client}"), Protocol = 1 }, type: 1);
        }

        return Write("clients.dat", file.ToArray());
    }

    public SourceStore Open(byte[]? key = null, uint? polynomial = null)
    {
        var options = new SourceOptions { Directory = Path, EncryptionKey = key };
        return SourceStore.Open(polynomial is { } given ? options with { CrcPolynomial = given } : options, Damage.Add);
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
