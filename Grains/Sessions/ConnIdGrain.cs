using Bayou.Grains.Interfaces;
using Bayou.Grains.Interfaces.Identity;
using Bayou.Grains.Metadata;

namespace Bayou.Grains.Sessions;

/// <summary>Keeps one connID's client id.</summary>
public sealed class ConnIdGrain([PersistentState("connid", MetadataGrainStorage.ProviderName)] IPersistentState<ConnIdState> state) : Grain, IConnIdGrain
{
    public Task SetAsync(ClientId client)
    {
        state.State.Client = client.Value;
        return state.WriteStateAsync();
    }

    public async Task ClearAsync()
    {
        await state.ClearStateAsync();
        state.State = new ConnIdState();
        DeactivateOnIdle();
    }

    public Task<ClientId?> FindAsync() =>
        Task.FromResult<ClientId?>(state.State.Client is { Length: > 0 } client ? new ClientId(client) : null);
}
