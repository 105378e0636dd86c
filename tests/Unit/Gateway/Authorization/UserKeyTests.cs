using Bayou.Gateway.Authorization;
using Bayou.TestKit;
using Xunit;

namespace Bayou.Unit.Gateway.Authorization;

/// <summary>Keys of users: their text, and signatures by them.</summary>
public sealed class UserKeyTests : IDisposable
{
    private readonly TestUserKey _pair = new();

    [Fact]
    public void Signature_IsThatOfTheOwner()
    {
        UserKey key = UserKey.TryParse(_pair.Public)!;
        string signature = _pair.Sign("nonce");
        Assert.True(key.HasSigned("nonce"u8, signature));
        Assert.True(key.HasSigned("nonce"u8, signature + "=="));
        Assert.True(key.HasSigned("nonce"u8, signature.Replace('-', '+').Replace('_', '/') + "=="));
        Assert.False(key.HasSigned("other"u8, signature));
        using var other = new TestUserKey();
        Assert.False(key.HasSigned("nonce"u8, other.Sign("nonce")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("not base64!")]
    [InlineData("AAAA")]
    public void WhatIsNoSignature_IsNone(string text) => Assert.False(UserKey.TryParse(_pair.Public)!.HasSigned("nonce"u8, text));

    [Fact]
    public void LongText_IsNoSignature() => Assert.False(UserKey.TryParse(_pair.Public)!.HasSigned("nonce"u8, new string('A', 100_000)));

    [Fact]
    public void EveryChangedCharacter_IsNoticed()
    {
        string text = _pair.Public;
        Assert.StartsWith("U", text, StringComparison.Ordinal);
        for (int i = 0; i < text.Length; i++)
        {
            string changed = text[..i] + (text[i] == 'A' ? 'B' : 'A') + text[(i + 1)..];
            Assert.Null(UserKey.TryParse(changed));
        }
    }

    [Fact]
    public void OtherTexts_AreNoKeysOfUsers()
    {
        Assert.Null(UserKey.TryParse(""));
        Assert.Null(UserKey.TryParse(_pair.Seed));
        Assert.Null(UserKey.TryParse(_pair.Public[..^1]));
        Assert.Null(UserKey.TryParse(_pair.Public + "A"));
        Assert.Null(UserKey.TryParse(_pair.Public.ToLowerInvariant()));

        // A whole key with its checksum, and of an account rather than a user.
        Assert.Null(UserKey.TryParse(TestUserKey.TextOf([0, .. new byte[32]])));
    }

    public void Dispose() => _pair.Dispose();
}
