using System.Collections.Frozen;
using System.Text;
using Bayou.Gateway.Protocol;

namespace Bayou.Gateway.Authorization;

/// <summary>Knows who may be a client.</summary>
internal sealed class Authenticator(GatewayOptions options)
{
    private readonly FrozenDictionary<string, Account> _users = options.Users.ToFrozenDictionary(static user => user.Name, Account.Of, StringComparer.Ordinal);

    /// <summary>Whether clients must give credentials.</summary>
    public bool IsRequired => options.IsLoginRequired;

    /// <summary>Whether clients need something to sign.</summary>
    public bool TakesSignatures { get; } = options.Users.Any(static user => user.IsKey);

    /// <summary>
    /// What is to be found out before a client is let in; null where it is refused whatever it gave as its secret. <paramref name="nonce"/> is what it
    /// was told to sign, if anything.
    /// </summary>
    public LoginAttempt? Find(ConnectOptions connect, string? nonce)
    {
        // There is one account, and it has no name that a client may choose.
        if (connect.NewAccount || !string.IsNullOrEmpty(connect.Account)) return null;
        if (!IsRequired) return LoginAttempt.OfAnybody;
        if (options.AuthToken is { } token) return new PasswordAttempt(token, connect.AuthToken ?? "", Rules: null);
        if (options.User is { } user) return user == connect.User ? new PasswordAttempt(options.Password ?? "", connect.Password ?? "", Rules: null) : null;
        return TakesSignatures && !string.IsNullOrEmpty(connect.NKey) ? FindKey(connect, nonce) : FindUser(connect);
    }

    private SignatureAttempt? FindKey(ConnectOptions connect, string? nonce) =>
        _users.TryGetValue(connect.NKey!, out Account? found) && found.Key is { } key && connect.Signature is { Length: > 0 } signature && nonce is not null
            ? new SignatureAttempt(key, Encoding.ASCII.GetBytes(nonce), signature, found.Rules)
            : null;

    private PasswordAttempt? FindUser(ConnectOptions connect) =>
        _users.TryGetValue(connect.User ?? "", out Account? found) && found.Key is null ? new PasswordAttempt(found.Password, connect.Password ?? "", found.Rules) : null;

    private sealed record Account(string Password, UserKey? Key, UserRules? Rules)
    {
        public static Account Of(GatewayUser user) => new(
            user.Password,
            user.IsKey ? UserKey.TryParse(user.Name) ?? throw new ArgumentException($"\"{user.Name}\" is no public key of a user.") : null,
            user.Permissions.AreUnrestricted ? null : new UserRules(user.Permissions));
    }
}
