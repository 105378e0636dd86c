using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Bayou.Gateway;

/// <summary>Who this server is, for as long as the process lives.</summary>
public sealed class ServerIdentity
{
    private const string Base32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    /// <summary>A new identity.</summary>
    /// <param name="name">The configured name; the id where there is none.</param>
    /// <param name="start">When the server started.</param>
    public ServerIdentity(string? name, DateTimeOffset start)
    {
        Id = CreateId();
        Name = string.IsNullOrEmpty(name) ? Id : name;
        Start = start;
    }

    /// <summary>The nats-server version whose behaviour clients may expect.</summary>
    public const string NatsVersion = "2.9.10";

    /// <summary>56 letters and digits that begin with N, in the form of a NATS server's public key.</summary>
    public string Id { get; }

    /// <summary>The name shown to people.</summary>
    public string Name { get; }

    /// <summary>When the server started.</summary>
    public DateTimeOffset Start { get; }

    /// <summary>This server's own version.</summary>
    public static string BayouVersion { get; } =
        typeof(ServerIdentity).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    /// <summary>The runtime, where a NATS server names its Go version.</summary>
    public static string Runtime { get; } = RuntimeInformation.FrameworkDescription;

    /// <summary>A name that nobody else has, for what was given none.</summary>
    internal static string NewName() => RandomNumberGenerator.GetString("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", 22);

    /// <summary>
    /// A public key is a prefix byte, 32 bytes and a CRC-16 of both, in base 32. Clients check none of it but the uniqueness;
    /// other servers' tools may decode it.
    /// </summary>
    private static string CreateId()
    {
        const byte ServerKeyPrefix = 13 << 3;
        Span<byte> raw = stackalloc byte[35];
        raw[0] = ServerKeyPrefix;
        RandomNumberGenerator.Fill(raw.Slice(1, 32));
        ushort checksum = Crc16(raw[..33]);
        raw[33] = (byte)checksum;
        raw[34] = (byte)(checksum >> 8);
        return ToBase32(raw);
    }

    private static ushort Crc16(ReadOnlySpan<byte> bytes)
    {
        const int Polynomial = 0x1021;
        int checksum = 0;
        foreach (byte value in bytes)
        {
            checksum ^= value << 8;
            for (int bit = 0; bit < 8; bit++) checksum = (checksum & 0x8000) != 0 ? (checksum << 1) ^ Polynomial : checksum << 1;
        }

        return (ushort)checksum;
    }

    private static string ToBase32(ReadOnlySpan<byte> bytes)
    {
        Span<char> text = stackalloc char[bytes.Length * 8 / 5];
        for (int i = 0; i < text.Length; i++)
        {
            int bit = i * 5;
            int window = (bytes[bit / 8] << 8) | (bit / 8 + 1 < bytes.Length ? bytes[(bit / 8) + 1] : 0);
            text[i] = Base32[(window >> (11 - (bit % 8))) & 31];
        }

        return string.Create(CultureInfo.InvariantCulture, $"{text}");
    }
}
