using Bayou.Gateway.Authorization;

namespace Bayou.Silo.Configuration.Schema;

/// <summary>An entry of <c>users</c> as it was read.</summary>
/// <param name="Name">Its name; empty for none.</param>
/// <param name="Password">Its password.</param>
/// <param name="Permissions">Its own permissions; null for those of the block around it.</param>
/// <param name="Key">The public key by which it is known instead of a name; null for none.</param>
internal sealed record ConfiguredUser(string Name = "", string Password = "", UserPermissions? Permissions = null, string? Key = null)
{
    public bool IsKey => Key is not null;

    /// <summary>The user, with these permissions where it has none of its own.</summary>
    public GatewayUser ToUser(UserPermissions permissions) => new() { Name = Name, IsKey = IsKey, Password = Password, Permissions = Permissions ?? permissions };
}
