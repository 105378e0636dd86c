using NSec.Cryptography;

namespace Bayou.Gateway.Authorization;

/// <summary>
/// The public key of a user (NKey): Ed25519, written as base32 of a prefix byte, the key, and a checksum of both. A client shows that it has the
/// private key by signing what it was told in INFO.
/// </summary>
public sealed class UserKey
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    private const int BitsPerCharacter = 5;
    private const int KeyBytes = 32;
    private const int ChecksumBytes = 2;
    private const int Length = 56;

    /// <summary>Makes the text begin with U.</summary>
    private const byte UserPrefix = 20 << 3;

    private readonly PublicKey _key;

    private UserKey(PublicKey key) => _key = key;

    /// <summary>Reads a key; null where the text is none, or is the key of something else than a user.</summary>
    public static UserKey? TryParse(string text)
    {
        Span<byte> bytes = stackalloc byte[1 + KeyBytes + ChecksumBytes];
        if (!TryDecode(text, bytes) || bytes[0] != UserPrefix) return null;
        int checksum = bytes[^2] | (bytes[^1] << 8);
        if (checksum != Checksum(bytes[..^ChecksumBytes])) return null;
        return PublicKey.TryImport(SignatureAlgorithm.Ed25519, bytes.Slice(1, KeyBytes), KeyBlobFormat.RawPublicKey, out PublicKey? key) ? new UserKey(key!) : null;
    }

    /// <summary>Whether the signature, base64 of either alphabet and with or without padding, is one of these bytes by the owner of the key.</summary>
    public bool HasSigned(ReadOnlySpan<byte> signed, string signature)
    {
        Span<byte> bytes = stackalloc byte[SignatureAlgorithm.Ed25519.SignatureSize];
        string plain = signature.Replace('-', '+').Replace('_', '/').TrimEnd('=');
        string padded = plain.PadRight((plain.Length + 3) / 4 * 4, '=');
        return Convert.TryFromBase64String(padded, bytes, out int count) && count == bytes.Length && SignatureAlgorithm.Ed25519.Verify(_key, signed, bytes);
    }

    /// <summary>Every eight characters are five bytes; the length leaves no rest.</summary>
    private static bool TryDecode(string text, Span<byte> bytes)
    {
        if (text.Length != Length) return false;
        int bits = 0;
        int count = 0;
        int written = 0;
        foreach (char one in text)
        {
            int value = Alphabet.IndexOf(one, StringComparison.Ordinal);
            if (value < 0) return false;
            bits = ((bits << BitsPerCharacter) | value) & 0xFFF;
            count += BitsPerCharacter;
            if (count < 8) continue;
            count -= 8;
            bytes[written++] = (byte)(bits >> count);
        }

        return true;
    }

    /// <summary>CRC-16 with the polynomial 0x1021 and nothing at the start (XMODEM).</summary>
    private static int Checksum(ReadOnlySpan<byte> bytes)
    {
        int sum = 0;
        foreach (byte one in bytes)
        {
            sum ^= one << 8;
            for (int bit = 0; bit < 8; bit++) sum = ((sum & 0x8000) == 0 ? sum << 1 : (sum << 1) ^ 0x1021) & 0xFFFF;
        }

        return sum;
    }
}
