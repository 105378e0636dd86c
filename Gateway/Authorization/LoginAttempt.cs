namespace Bayou.Gateway.Authorization;

/// <summary>A client that says who it is, and the rules that hold for it if that is true.</summary>
/// <param name="Rules">Null for a client that may do everything.</param>
internal abstract record LoginAttempt(UserRules? Rules)
{
    /// <summary>Where nobody needs to give anything.</summary>
    public static readonly LoginAttempt OfAnybody = new PasswordAttempt("", "", Rules: null);

    /// <summary>Whether finding out takes so long that it is not for a thread that reads from connections.</summary>
    public virtual bool IsSlow => false;

    /// <summary>What is asked, whatever the client may do then: to the same question there is the same answer.</summary>
    public LoginAttempt Question => this with { Rules = null };

    /// <summary>Whether it is true.</summary>
    public abstract bool IsTrue();
}
