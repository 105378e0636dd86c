using System.Collections.Frozen;
using Bayou.Gateway.Protocol;

namespace Bayou.Gateway.Authorization;

/// <summary>Knows who may be a client.</summary>
internal sealed class Authenticator(GatewayOptions options)
{
    private readonly FrozenDictionary<string, Account> _users = options.Users.ToFrozenDictionary(static user => user.Name, Account.Of, StringComparer.Ordinal);

    /// <summary>Whether clients must give credentials.</summary>
    public bool IsRequired => options.IsLoginRequired;

    /// <summary>What is to be compared before a client is let in; null where it is refused whatever it gave as its secret.</summary>
    public LoginAttempt? Find(ConnectOptions connect)
    {
        // There is one account, and it has no name that a client may choose.
        if (connect.NewAccount || !string.IsNullOrEmpty(connect.Account)) return null;
        if (!IsRequired) return LoginAttempt.OfAnybody;
        if (options.AuthToken is { } token) return new LoginAttempt(token, connect.AuthToken ?? "", Rules: null);
        if (options.User is { } user) return user == connect.User ? new LoginAttempt(options.Password ?? "", connect.Password ?? "", Rules: null) : null;
        return _users.TryGetValue(connect.User ?? "", out Account? found) ? new LoginAttempt(found.Password, connect.Password ?? "", found.Rules) : null;
    }

    private sealed record Account(string Password, UserRules? Rules)
    {
        public static Account Of(GatewayUser user) => new(user.Password, user.Permissions.AreUnrestricted ? null : new UserRules(user.Permissions));
    }
}
