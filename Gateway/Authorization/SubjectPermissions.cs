namespace Bayou.Gateway.Authorization;

/// <summary>Subjects that are allowed, and those of them that are not. Patterns may have wildcards.</summary>
public sealed record SubjectPermissions
{
    /// <summary>What is allowed; empty for everything.</summary>
    public IReadOnlyList<string> Allow { get; init; } = [];

    /// <summary>What is not, whatever <see cref="Allow"/> says.</summary>
    public IReadOnlyList<string> Deny { get; init; } = [];

    /// <summary>Whether everything is allowed.</summary>
    public bool AreUnrestricted => Allow.Count == 0 && Deny.Count == 0;
}
