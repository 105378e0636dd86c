namespace Bayou.Gateway.Authorization;

/// <summary>One of several users that clients may be (<c>authorization { users }</c>).</summary>
public sealed record GatewayUser
{
    /// <summary>The name that a client gives in CONNECT; its public key where <see cref="IsKey"/>.</summary>
    public required string Name { get; init; }

    /// <summary>It is known by a key, and proves that it has the private one by a signature instead of a password (<c>nkey</c>). Default false.</summary>
    public bool IsKey { get; init; }

    /// <summary>Its password, plain or bcrypt.</summary>
    public string Password { get; init; } = "";

    /// <summary>What it may do. Default: everything.</summary>
    public UserPermissions Permissions { get; init; } = new();
}
