namespace Bayou.Gateway.Authorization;

/// <summary>What the clients of a user may do. By default that is everything.</summary>
public sealed record UserPermissions
{
    /// <summary>Where they may publish.</summary>
    public SubjectPermissions Publish { get; init; } = new();

    /// <summary>
    /// What they may subscribe to. A subject may be followed by a blank and the name or pattern of a queue group: it then speaks of
    /// members of such groups alone.
    /// </summary>
    public SubjectPermissions Subscribe { get; init; } = new();

    /// <summary>Whether they may also answer requests that they received; null for no. Where they may, an empty list of what may be published to means nothing else.</summary>
    public ResponsePermission? Responses { get; init; }

    /// <summary>Whether they may do everything.</summary>
    public bool AreUnrestricted => Publish.AreUnrestricted && Subscribe.AreUnrestricted && Responses is null;
}
