namespace Bayou.Gateway.Authorization;

/// <summary>A client that says who it is: the secret that is expected then, the one that it gave, and the rules that hold for it if they are the same.</summary>
internal sealed record LoginAttempt(string Expected, string Given, UserRules? Rules)
{
    /// <summary>Where nobody needs to give anything.</summary>
    public static readonly LoginAttempt OfAnybody = new("", "", Rules: null);
}
