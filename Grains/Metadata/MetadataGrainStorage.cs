using System.Globalization;
using Orleans.Storage;

namespace Bayou.Grains.Metadata;

/// <summary>
/// Grain state as rows of the metadata group: replicated and durable like everything else, and no database needed. A row's
/// version is the ETag.
/// </summary>
public sealed class MetadataGrainStorage(Replication.ReplicaHost host, IGrainStorageSerializer serializer) : IGrainStorage
{
    /// <summary>The name under which grains ask for this storage.</summary>
    public const string ProviderName = "metadata";

    public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var key = KeyOf(stateName, grainId);
        var row = await host.Metadata.ReadRowAsync(key);
        grainState.RecordExists = row is not null;
        grainState.ETag = row?.Version.ToString(CultureInfo.InvariantCulture);
        grainState.State = row is { } existing
            ? serializer.Deserialize<T>(BinaryData.FromBytes(existing.Value))
            : Activator.CreateInstance<T>();
    }

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var value = serializer.Serialize(grainState.State);
        var result = await host.Metadata.PutRowAsync(KeyOf(stateName, grainId), VersionOf(grainState), value.ToMemory());
        ThrowIfConflict(result, grainState);
        grainState.ETag = result.Version.ToString(CultureInfo.InvariantCulture);
        grainState.RecordExists = true;
    }

    public async Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var result = await host.Metadata.RemoveRowAsync(KeyOf(stateName, grainId), VersionOf(grainState));
        ThrowIfConflict(result, grainState);
        grainState.ETag = null;
        grainState.RecordExists = false;
        grainState.State = Activator.CreateInstance<T>();
    }

    /// <summary>The key of a row; those of one state name sort together.</summary>
    internal static string KeyOf(string stateName, GrainId grainId) => $"{stateName}/{grainId}";

    private static ulong VersionOf<T>(IGrainState<T> state) =>
        state.ETag is { Length: > 0 } etag ? ulong.Parse(etag, CultureInfo.InvariantCulture) : 0;

    private static void ThrowIfConflict<T>(MetadataResult result, IGrainState<T> state)
    {
        if (result.IsConflict)
        {
            throw new InconsistentStateException(
                "Another activation wrote this grain's state.",
                result.Version.ToString(CultureInfo.InvariantCulture),
                state.ETag);
        }
    }
}
