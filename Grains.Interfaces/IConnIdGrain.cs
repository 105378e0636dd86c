using Bayou.Grains.Interfaces.Identity;

namespace Bayou.Grains.Interfaces;

/// <summary>Finds the client id behind a connID, which is all that a ping carries. The key is <see cref="ConnId.Hex"/>.</summary>
[Alias("Bayou.IConnIdGrain")]
public interface IConnIdGrain : IGrainWithStringKey
{
    [Alias("Set")]
    Task SetAsync(ClientId client);

    [Alias("Clear")]
    Task ClearAsync();

    [Alias("Find")]
    Task<ClientId?> FindAsync();
}
