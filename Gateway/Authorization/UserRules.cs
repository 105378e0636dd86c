namespace Bayou.Gateway.Authorization;

/// <summary>The permissions of a user, made ready for questions. All its connections share them.</summary>
internal sealed class UserRules(UserPermissions permissions)
{
    public PublishRules Publish { get; } = new(permissions);

    public SubscribeRules Subscribe { get; } = new(permissions.Subscribe);

    public ResponsePermission? Responses { get; } = permissions.Responses;
}
