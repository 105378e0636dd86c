using System.Security.Cryptography;
using System.Text;
using Bayou.Gateway.Protocol;

namespace Bayou.Gateway.Connections;

/// <summary>Decides whether what a client gave in CONNECT is enough.</summary>
internal sealed class Authenticator(GatewayOptions options)
{
    /// <summary>Whether clients must give credentials.</summary>
    public bool IsRequired => options.User is not null || options.AuthToken is not null;

    public bool Accepts(ConnectOptions connect)
    {
        // There is one account, and it has no name that a client may choose.
        if (connect.NewAccount || !string.IsNullOrEmpty(connect.Account)) return false;
        if (options.User is { } user) return user == connect.User && IsSame(options.Password ?? "", connect.Password ?? "");
        return options.AuthToken is not { } token || IsSame(token, connect.AuthToken ?? "");
    }

    private static bool IsSame(string expected, string given)
    {
        if (IsBcrypt(expected)) return BCrypt.Net.BCrypt.Verify(given, expected);
        return CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(expected), Encoding.UTF8.GetBytes(given));
    }

    private static bool IsBcrypt(string secret) => secret.Length == 60 && secret.StartsWith("$2", StringComparison.Ordinal);
}
