using Bayou.Grains.Replication;
using Orleans.Storage;

namespace Bayou.Grains.Sessions;

/// <summary>Lists the open sessions from the metadata on this silo.</summary>
public sealed class SessionDirectory(ReplicaHost host, IGrainStorageSerializer serializer)
{
    private const string RowPrefix = "session/";

    /// <summary>Every open session by client id, sorted ordinally.</summary>
    public async Task<SortedDictionary<string, SessionState>> ListAsync()
    {
        var rows = await host.Metadata.QueryAsync(machine => machine.Rows
            .Where(row => row.Key.StartsWith(RowPrefix, StringComparison.Ordinal))
            .ToList());
        var sessions = new SortedDictionary<string, SessionState>(StringComparer.Ordinal);
        foreach (var (key, row) in rows)
        {
            var state = serializer.Deserialize<SessionState>(BinaryData.FromBytes(row.Value));
            if (state is { IsOpen: true } && GrainId.TryParse(key[RowPrefix.Length..], out var grain))
            {
                sessions.Add(grain.Key.ToString()!, state);
            }
        }

        return sessions;
    }
}
