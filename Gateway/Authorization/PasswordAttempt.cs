namespace Bayou.Gateway.Authorization;

/// <summary>With a password or token: the one that is expected, and the one that the client gave.</summary>
internal sealed record PasswordAttempt(string Expected, string Given, UserRules? Rules) : LoginAttempt(Rules)
{
    public override bool IsSlow => Secret.IsSlow(Expected);

    public override bool IsTrue() => Secret.IsSame(Expected, Given);
}
