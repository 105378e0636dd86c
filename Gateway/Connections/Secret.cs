using System.Security.Cryptography;
using System.Text;

namespace Bayou.Gateway.Connections;

/// <summary>Compares what was configured, plain or as a bcrypt hash, with what was given.</summary>
internal static class Secret
{
    public static bool IsSame(string expected, string given)
    {
        if (IsBcrypt(expected)) return BCrypt.Net.BCrypt.Verify(given, expected);
        return CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(expected), Encoding.UTF8.GetBytes(given));
    }

    private static bool IsBcrypt(string secret) => secret.Length == 60 && secret.StartsWith("$2", StringComparison.Ordinal);
}
