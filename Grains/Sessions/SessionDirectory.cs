using Bayou.Grains.Interfaces.Identity;
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

    /// <summary>Where clients of imported sessions acknowledge, with the ack inbox that stands for it.</summary>
    public async Task<IReadOnlyDictionary<string, AckInbox>> ListAdoptedInboxesAsync()
    {
        var adopted = new Dictionary<string, AckInbox>(StringComparer.Ordinal);
        foreach (var (subject, text) in (await ListAsync()).Values.SelectMany(session => session.AckInboxes))
        {
            adopted[subject] = AckInbox.TryParse(text, out var inbox)
                ? inbox
                : throw new InvalidDataException($"A session's ack inbox is none: {text}.");
        }

        return adopted;
    }
}
