namespace Bayou.Gateway.Authorization;

/// <summary>One of several users that clients may be (<c>authorization { users }</c>).</summary>
public sealed record GatewayUser
{
    /// <summary>The name that a client gives in CONNECT.</summary>
    public required string Name { get; init; }

    /// <summary>Its password, plain or bcrypt.</summary>
    public string Password { get; init; } = "";

    /// <summary>What it may do. Default: everything.</summary>
    public UserPermissions Permissions { get; init; } = new();
}
