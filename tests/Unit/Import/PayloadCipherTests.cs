using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Bayou.Import.Encryption;
using Xunit;

namespace Bayou.Unit.Import;

public sealed class PayloadCipherTests
{
    private const byte Aes = 1;
    private const byte ChaCha = 2;

    private static readonly byte[] Key = "a key"u8.ToArray();

    [Theory]
    [InlineData(Aes, "")]
    [InlineData(Aes, "text")]
    [InlineData(ChaCha, "text")]
    public void WhatWasEncryptedForAChannel_IsOpened(byte code, string text)
    {
        using var cipher = PayloadCipher.ForChannel(Key, "foo.bar");
        Assert.True(cipher.TryOpen(Seal(code, "foo.bar", 7, Encoding.UTF8.GetBytes(text)), out var opened));
        Assert.Equal(text, Encoding.UTF8.GetString(opened));
    }

    [Theory]
    [InlineData("another key", "foo.bar")]
    [InlineData("a key", "foo.baz")]
    public void OtherKeyOrOtherChannel_OpensNothing(string key, string channel)
    {
        using var cipher = PayloadCipher.ForChannel(Encoding.UTF8.GetBytes(key), channel);
        Assert.False(cipher.TryOpen(Seal(Aes, "foo.bar", 7, "text"u8), out _));
    }

    [Fact]
    public void EveryChangedByte_IsNoticed()
    {
        using var cipher = PayloadCipher.ForChannel(Key, "foo");
        var data = Seal(Aes, "foo", 7, "text"u8);
        for (var i = 0; i < data.Length; i++)
        {
            data[i] ^= 4;
            Assert.False(cipher.TryOpen(data, out _));
            data[i] ^= 4;
        }

        Assert.True(cipher.TryOpen(data, out _));
    }

    [Fact]
    public void CommandsOfARaftLog_HaveAKeyOfTheirOwn()
    {
        using var cipher = PayloadCipher.ForRaftLog(Key);
        Assert.True(cipher.TryOpen(Seal(ChaCha, SHA256.HashData(Key), 1, "command"u8), out var opened));
        Assert.Equal("command"u8, opened);
    }

    /// <summary>The counter in the nonce begins at 1 and passes over empty messages, so it is never beyond the sequence.</summary>
    [Theory]
    [InlineData(7, 7, true)]
    [InlineData(3, 7, true)]
    [InlineData(0, 7, false)]
    [InlineData(8, 7, false)]
    public void Sealed_IsKnownByItsCounter(ulong counter, ulong sequence, bool expected) =>
        Assert.Equal(expected, PayloadCipher.IsSealed(Seal(Aes, "foo", counter, "text"u8), sequence));

    [Fact]
    public void OrdinaryPayloads_AreNotSealed()
    {
        Assert.False(PayloadCipher.IsSealed([], 1));
        Assert.False(PayloadCipher.IsSealed("\u0001 short"u8, 1));
        Assert.False(PayloadCipher.IsSealed(Encoding.UTF8.GetBytes("{\"a\": 1, \"long enough\": \"for a nonce and a tag\"}"), ulong.MaxValue));
        Assert.False(PayloadCipher.IsSealed(Encoding.UTF8.GetBytes("\u0001 something that begins with the byte of a cipher"), 1_000_000));
    }

    [Fact]
    public void WithoutAKey_NothingIsOpened()
    {
        using var cipher = PayloadCipher.None();
        Assert.False(cipher.TryOpen(Seal(Aes, "foo", 1, "text"u8), out _));
    }

    /// <summary>Encrypts as the server does: the key's hash, a dot and the channel behind as many zeros, hashed again.</summary>
    internal static byte[] Seal(byte code, string channel, ulong counter, ReadOnlySpan<byte> text)
    {
        byte[] parts = [.. SHA256.HashData(Key), (byte)'.', .. Encoding.UTF8.GetBytes(channel)];
        return Seal(code, SHA256.HashData([.. new byte[parts.Length], .. parts]), counter, text);
    }

    private static byte[] Seal(byte code, byte[] key, ulong counter, ReadOnlySpan<byte> text)
    {
        var data = new byte[1 + 12 + text.Length + 16];
        data[0] = code;
        data[1] = 0x5A;
        BinaryPrimitives.WriteUInt64BigEndian(data.AsSpan(5), counter);
        var nonce = data.AsSpan(1, 12);
        if (code == Aes)
        {
            using var aes = new AesGcm(key, 16);
            aes.Encrypt(nonce, text, data.AsSpan(13, text.Length), data.AsSpan(^16..));
        }
        else
        {
            using var chaCha = new ChaCha20Poly1305(key);
            chaCha.Encrypt(nonce, text, data.AsSpan(13, text.Length), data.AsSpan(^16..));
        }

        return data;
    }
}
