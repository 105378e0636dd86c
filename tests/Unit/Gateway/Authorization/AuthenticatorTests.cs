using Bayou.Gateway;
using Bayou.Gateway.Authorization;
using Bayou.Gateway.Protocol;
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
        Assert.Equal(("a", "?", true), Describe(authenticator.Find(new ConnectOptions { User = "ann", Password = "?" })));
        Assert.Equal(("b", "", false), Describe(authenticator.Find(new ConnectOptions { User = "bob" })));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("eve")]
    [InlineData("ANN")]
    public void UnknownUser_IsRefused(string? user) => Assert.Null(new Authenticator(Several).Find(new ConnectOptions { User = user, AuthToken = "a" }));

    [Fact]
    public void WithoutAuthorization_AnybodyIsLetIn() =>
        Assert.Same(LoginAttempt.OfAnybody, new Authenticator(new GatewayOptions()).Find(new ConnectOptions { User = "eve", Password = "?" }));

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
        var attempt = new LoginAttempt(BCrypt.Net.BCrypt.HashPassword("secret", workFactor: 4), "secret", Rules: null);
        Assert.True(Secret.IsSlow(attempt.Expected));
        Assert.True(await checks.VerifyAsync(attempt, static () => false));
        Assert.False(await checks.VerifyAsync(attempt with { Given = "wrong" }, static () => false));
        Assert.False(await checks.VerifyAsync(attempt, static () => true));
    }

    private static (string Expected, string Given, bool IsUnrestricted)? Describe(LoginAttempt? attempt) =>
        attempt is null ? null : (attempt.Expected, attempt.Given, attempt.Rules is null);
}
