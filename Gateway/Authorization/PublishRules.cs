namespace Bayou.Gateway.Authorization;

/// <summary>Where a user may publish.</summary>
internal sealed class PublishRules(UserPermissions permissions)
{
    private readonly bool _isAllAllowed = permissions.Publish.Allow.Count == 0 && permissions.Responses is null;
    private readonly SubjectPatterns _allowed = new(permissions.Publish.Allow);
    private readonly SubjectPatterns _denied = new(permissions.Publish.Deny);

    /// <summary>Whether there is nothing to ask for.</summary>
    public bool AllowAll => _isAllAllowed && _denied.IsEmpty;

    public bool Allow(ReadOnlySpan<byte> subject) => (_isAllAllowed || _allowed.Match(subject)) && !_denied.Match(subject);
}
