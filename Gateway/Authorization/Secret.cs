using System.Security.Cryptography;
using System.Text;
using BCrypt.Net;

namespace Bayou.Gateway.Authorization;

/// <summary>Compares what was configured, plain or as a bcrypt hash, with what was given.</summary>
internal static class Secret
{
    private const int HashLength = 60;

    public static bool IsSame(string expected, string given)
    {
        if (IsSlow(expected)) return IsHashOf(expected, given);
        return CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(expected), Encoding.UTF8.GetBytes(given));
    }

    /// <summary>Whether comparing takes long by intention: tenths of a second for a hash of usual strength.</summary>
    public static bool IsSlow(string expected) =>
        expected is ['$', '2', 'a' or 'b' or 'x' or 'y', '$', >= '0' and <= '9', >= '0' and <= '9', '$', ..];

    private static bool IsHashOf(string expected, string given)
    {
        try
        {
            return expected.Length == HashLength && BCrypt.Net.BCrypt.Verify(given, expected);
        }
        catch (Exception e) when (e is SaltParseException or ArgumentException)
        {
            // It begins like a hash and is none, so that no password belongs to it.
            return false;
        }
    }
}
