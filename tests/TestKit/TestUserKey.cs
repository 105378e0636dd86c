using System.Buffers.Text;
using System.Text;
using NSec.Cryptography;

namespace Bayou.TestKit;

/// <summary>A user's key pair, with the texts of both halves as clients and configurations have them.</summary>
public sealed class TestUserKey : IDisposable
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    private const int SeedPrefix = 18 << 3;
    private const int UserPrefix = 20 << 3;

    private readonly Key _key = new(SignatureAlgorithm.Ed25519, new KeyCreationParameters { ExportPolicy = KeyExportPolicies.AllowPlaintextExport });

    /// <summary>The public half: U...</summary>
    public string Public => TextOf([UserPrefix, .. _key.PublicKey.Export(KeyBlobFormat.RawPublicKey)]);

    /// <summary>The private half: SU...</summary>
    public string Seed => TextOf([SeedPrefix | (UserPrefix >> 5), (UserPrefix & 31) << 3, .. _key.Export(KeyBlobFormat.RawPrivateKey)]);

    /// <summary>A signature as most clients send it.</summary>
    public string Sign(string nonce) => Base64Url.EncodeToString(SignatureAlgorithm.Ed25519.Sign(_key, Encoding.ASCII.GetBytes(nonce)));

    /// <summary>Base32 of the bytes and their checksum.</summary>
    public static string TextOf(ReadOnlySpan<byte> bytes)
    {
        int sum = 0;
        foreach (byte one in bytes)
        {
            sum ^= one << 8;
            for (int i = 0; i < 8; i++) sum = (sum << 1) ^ ((sum & 0x8000) != 0 ? 0x11021 : 0);
        }

        var text = new StringBuilder();
        string bits = string.Concat(((byte[])[.. bytes, (byte)sum, (byte)(sum >> 8)]).Select(static one => one.ToString("b8", null)));
        for (int i = 0; i < bits.Length; i += 5) text.Append(Alphabet[Convert.ToInt32(bits.Substring(i, Math.Min(5, bits.Length - i)).PadRight(5, '0'), 2)]);
        return text.ToString();
    }

    public void Dispose() => _key.Dispose();
}
