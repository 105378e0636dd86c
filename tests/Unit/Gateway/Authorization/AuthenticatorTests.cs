using Bayou.Gateway;
using Bayou.Gateway.Authorization;
using Bayou.Gateway.Protocol;
using Bayou.TestKit;
using Xunit;

namespace Bayou.Unit.Gateway.Authorization;

public sealed class AuthenticatorTests
{
    private static readonly GatewayOptions Several = new()
    {
        Users =
        [
            new GatewayUser { Name = "ann", Password = "a" },
            new GatewayUser { Name = "bob", Password = "b", Permissions = new UserPermissions { Publish = new SubjectPermissions { Allow = ["x"] } } },
        ],
    };

    [Fact]
    public void OneOfSeveralUsers_GetsItsOwnSecretAndRules()
    {
        var authenticator = new Authenticator(Several);
        Assert.True(authenticator.IsRequired);
        Assert.Equal(("a", "?", true), Describe(authenticator.Find(new ConnectOptions { User = "ann", Password = "?" }, nonce: null)));
        Assert.Equal(("b", "", false), Describe(authenticator.Find(new ConnectOptions { User = "bob" }, nonce: null)));
    }

    [Fact]
    public void UserWithAKey_SignsTheNonce_AndHasNoPassword()
    {
        using var key = new TestUserKey();
        var authenticator = new Authenticator(new GatewayOptions { Users = [new GatewayUser { Name = key.Public, IsKey = true }, new GatewayUser { Name = "ann", Password = "a" }] });
        Assert.True(authenticator.TakesSignatures);
        var right = new ConnectOptions { NKey = key.Public, Signature = key.Sign("n") };
        Assert.True(authenticator.Find(right, "n")!.IsTrue());
        Assert.False(authenticator.Find(right, "m")!.IsTrue());
        Assert.Null(authenticator.Find(right, nonce: null));
        Assert.Null(authenticator.Find(right with { Signature = null }, "n"));
        Assert.Null(authenticator.Find(right with { NKey = "ann" }, "n"));
        Assert.Null(authenticator.Find(new ConnectOptions { User = key.Public, Password = "" }, "n"));
        Assert.True(authenticator.Find(new ConnectOptions { User = "ann", Password = "a" }, "n")!.IsTrue());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("eve")]
    [InlineData("ANN")]
    public void UnknownUser_IsRefused(string? user) => Assert.Null(new Authenticator(Several).Find(new ConnectOptions { User = user, AuthToken = "a" }, nonce: null));

    [Fact]
    public void WithoutAuthorization_AnybodyIsLetIn() =>
        Assert.Same(LoginAttempt.OfAnybody, new Authenticator(new GatewayOptions()).Find(new ConnectOptions { User = "eve", Password = "?" }, nonce: null));

    [Theory]
    [InlineData("secret", "secret", true)]
    [InlineData("secret", "secre", false)]
    [InlineData("", "", true)]
    [InlineData("", "x", false)]
    [InlineData("$2a$04$broken", "$2a$04$broken", false)]
    [InlineData("$2z$04$plain", "$2z$04$plain", true)]
    public void Secrets_AreComparedAsText_UnlessTheyLookLikeHashes(string expected, string given, bool isSame) => Assert.Equal(isSame, Secret.IsSame(expected, given));

    [Fact]
    public async Task Password_IsComparedWithAHash_UnlessItsClientHasGone()
    {
        using var checks = new PasswordChecks();
        var attempt = new PasswordAttempt(BCrypt.Net.BCrypt.HashPassword("secret", workFactor: 4), "secret", Rules: null);
        Assert.True(attempt.IsSlow);
        Assert.True(await checks.VerifyAsync(attempt, static () => false));
        Assert.False(await checks.VerifyAsync(attempt with { Given = "wrong" }, static () => false));
        Assert.False(await checks.VerifyAsync(attempt, static () => true));
    }

    private static (string Expected, string Given, bool IsUnrestricted)? Describe(LoginAttempt? attempt) =>
        attempt is PasswordAttempt password ? (password.Expected, password.Given, password.Rules is null) : null;
}
