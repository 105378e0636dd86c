using Bayou.Grains.Interfaces.Identity;
using Bayou.Grains.Metadata;
using Bayou.Grains.Metadata.Log;
using Bayou.Grains.Sessions;
using Bayou.Import;
using Google.Protobuf;
using Orleans.Storage;

namespace Bayou.Grains.Migration;

/// <summary>
/// Sessions of clients that were connected: a client whose NATS connection comes back goes on as if its server had only been
/// restarted. <paramref name="serializer"/> and <paramref name="idOf"/>, which names a grain by its type and key, are those of the server
/// that is to read them.
/// </summary>
internal sealed class ImportedSessions(SessionEpoch epoch, IGrainStorageSerializer serializer, Func<Type, string, GrainId> idOf)
{
    private readonly Dictionary<string, SessionState> _states = new(StringComparer.Ordinal);

    public void Add(SourceClient client) => _states.Add(client.Id, new SessionState
    {
        Epoch = epoch.Value,
        IsOpen = true,
        HeartbeatInbox = client.HeartbeatInbox,
        ConnIdHex = ConnId.FromBytes(client.ConnId.Span).Hex,
        Protocol = client.Protocol,
        PingInterval = client.PingInterval,
        PingMaxOut = client.PingMaxOut,
    });

    /// <summary>A client goes on to acknowledge where its old server told it to.</summary>
    public void AddMember(string channel, SourceMember member, AckInbox inbox)
    {
        var state = _states[member.Client];
        state.Channels.Add(channel);
        state.AckInboxes[member.AckInbox] = inbox.ToString();
    }

    /// <summary>The rows in which grains look for their state.</summary>
    public IEnumerable<PutRow> ToRows()
    {
        foreach (var (client, state) in _states.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            yield return Row("session", typeof(ClientGrain), client, state);
            if (state.ConnIdHex.Length > 0)
            {
                yield return Row("connid", typeof(ConnIdGrain), state.ConnIdHex, new ConnIdState { Client = client });
            }
        }
    }

    private PutRow Row<T>(string stateName, Type grain, string key, T state) => new()
    {
        Key = MetadataGrainStorage.KeyOf(stateName, idOf(grain, key)),
        Value = ByteString.CopyFrom(serializer.Serialize(state).ToMemory().Span),
    };
}
