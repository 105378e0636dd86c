using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Bayou.Import.Encryption;

/// <summary>
/// Opens what the server encrypted: messages' payloads, with a key for each channel, and the commands in a Raft log.
/// <code>
///   u8 cipher: 1 AES-256-GCM, 2 ChaCha20-Poly1305     anything else: it is not encrypted
///   12 bytes nonce: 4 random, u64 big endian counter of a channel's messages that are not empty
///   ciphertext, 16 bytes tag
/// </code>
/// </summary>
internal sealed class PayloadCipher : IDisposable
{
    private const byte Aes = 1;
    private const byte ChaCha = 2;
    private const int NonceBytes = 12;
    private const int TagBytes = 16;
    private const int CounterOffset = 1 + 4;
    private const int SmallestBytes = 1 + NonceBytes + TagBytes;

    private readonly AesGcm? _aes;
    private readonly ChaCha20Poly1305? _chaCha;

    private PayloadCipher(ReadOnlySpan<byte> key)
    {
        _aes = new AesGcm(key, TagBytes);
        _chaCha = ChaCha20Poly1305.IsSupported ? new ChaCha20Poly1305(key) : null;
    }

    private PayloadCipher()
    {
    }

    /// <summary>Opens nothing.</summary>
    public static PayloadCipher None() => new();

    /// <summary>For the payloads of a channel.</summary>
    public static PayloadCipher ForChannel(ReadOnlySpan<byte> key, string channel)
    {
        // The server puts as many zeros before the parts as they are long together; old files can only be read with them.
        var name = Encoding.UTF8.GetBytes(channel);
        var parts = SHA256.HashSizeInBytes + 1 + name.Length;
        var material = new byte[2 * parts];
        SHA256.HashData(key, material.AsSpan(parts));
        material[parts + SHA256.HashSizeInBytes] = (byte)'.';
        name.CopyTo(material.AsSpan(parts + SHA256.HashSizeInBytes + 1));
        return new PayloadCipher(SHA256.HashData(material));
    }

    /// <summary>For the commands of a Raft log.</summary>
    public static PayloadCipher ForRaftLog(ReadOnlySpan<byte> key) => new(SHA256.HashData(key));

    /// <summary>
    /// Whether data have the form that the server gives to the payload of this message when it encrypts: hardly anything else has it.
    /// </summary>
    public static bool IsSealed(ReadOnlySpan<byte> data, ulong sequence) =>
        MayBeSealed(data) && BinaryPrimitives.ReadUInt64BigEndian(data[CounterOffset..]) is var counter && counter > 0 && counter <= sequence;

    /// <summary>Whether data may be encrypted, by their length and their first byte.</summary>
    public static bool MayBeSealed(ReadOnlySpan<byte> data) => data.Length >= SmallestBytes && data[0] is Aes or ChaCha;

    /// <summary>Decrypts; false where the key is another one, or the data are damaged or not encrypted at all.</summary>
    /// <exception cref="PlatformNotSupportedException">The cipher library of this system lacks ChaCha20-Poly1305.</exception>
    public bool TryOpen(ReadOnlySpan<byte> data, out byte[] opened)
    {
        opened = [];
        if (_aes is null || !MayBeSealed(data))
        {
            return false;
        }

        var nonce = data.Slice(1, NonceBytes);
        var text = data[(1 + NonceBytes)..^TagBytes];
        var plain = new byte[text.Length];
        try
        {
            if (data[0] == Aes)
            {
                _aes.Decrypt(nonce, text, data[^TagBytes..], plain);
            }
            else
            {
                (_chaCha ?? throw new PlatformNotSupportedException("This system's cipher library lacks ChaCha20-Poly1305."))
                    .Decrypt(nonce, text, data[^TagBytes..], plain);
            }
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }

        opened = plain;
        return true;
    }

    public void Dispose()
    {
        _aes?.Dispose();
        _chaCha?.Dispose();
    }
}
