using Bayou.Gateway.Authorization;
using Bayou.TestKit;
using Xunit;
using static Bayou.Unit.Silo.Loading;

namespace Bayou.Unit.Silo;

/// <summary>Entries of <c>users</c> with an <c>nkey</c>.</summary>
public sealed class KeyUserTests : IDisposable
{
    private readonly TestUserKey _key = new();

    [Fact]
    public void Key_IsAUser()
    {
        GatewayUser user = Assert.Single(Options($"authorization {{ users: [ {{ nkey: {_key.Public} }} ] }}").Gateway.Users);
        Assert.Equal((_key.Public, true, ""), (user.Name, user.IsKey, user.Password));
    }

    [Theory]
    [InlineData("{ nkey: UABC }", "Not a valid public nkey for a user")]
    [InlineData("{ nkey: SEED }", "Not a valid public nkey for a user")]
    [InlineData("{ nkey: KEY, user: a }", "Nkey users do not take usernames or passwords")]
    [InlineData("{ nkey: KEY, password: p }", "Nkey users do not take usernames or passwords")]
    [InlineData("{ password: p }", "User entry requires a user")]
    [InlineData("{ nkey: KEY }, { nkey: KEY }", "Duplicate nkey \"KEY\" detected")]
    public void WhatIsNoUser_IsAnError(string users, string error)
    {
        string Fill(string text) => text.Replace("KEY", _key.Public, StringComparison.Ordinal).Replace("SEED", _key.Seed, StringComparison.Ordinal);
        Assert.EndsWith(Fill(error), Assert.Single(Errors(LoadText($"authorization {{ users: [ {Fill(users)} ] }}"))), StringComparison.Ordinal);
    }

    public void Dispose() => _key.Dispose();
}
