using System.Net;
using System.Text;
using Bayou.Gateway;
using Bayou.Gateway.Administration;
using Bayou.Gateway.Authorization;
using Xunit;

namespace Bayou.Unit.Gateway.Administration;

public sealed class AdministrationAccessTests
{
    private static readonly GatewayOptions ByUser = new() { AllowRemoteAdministration = true, User = "admin", Password = "secret" };
    private static readonly GatewayOptions ByToken = new() { AllowRemoteAdministration = true, AuthToken = "s3cr3t" };

    private static readonly GatewayOptions BySeveral = new()
    {
        AllowRemoteAdministration = true,
        Users =
        [
            new GatewayUser { Name = "root", Password = "r" },
            new GatewayUser { Name = "app", Password = "a", Permissions = new UserPermissions { Subscribe = new SubjectPermissions { Deny = ["x"] } } },
        ],
    };

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.8.9.1")]
    [InlineData("::1")]
    [InlineData("::ffff:127.0.0.1")]
    public void RequestOfThisMachine_MayChangeTheCluster(string remote) => Assert.Null(Refuse(new GatewayOptions(), remote));

    [Theory]
    [InlineData("10.0.0.7")]
    [InlineData("::ffff:10.0.0.7")]
    [InlineData("2001:db8::1")]
    [InlineData(null)]
    public void RequestOfAnotherMachine_MayNot(string? remote) => Assert.Equal(403, Refuse(new GatewayOptions(), remote)!.StatusCode);

    [Fact]
    public void RequestOfAWebPage_MayNot_WhereverItComesFrom() =>
        Assert.Equal(403, Refuse(ByUser, "127.0.0.1", origin: "http://evil.example", Basic("admin:secret"))!.StatusCode);

    [Fact]
    public void UserWithThePassword_MayFromAnotherMachine() => Assert.Null(Refuse(ByUser, "10.0.0.7", authorization: Basic("admin:secret")));

    [Fact]
    public void Token_MayFromAnotherMachine() => Assert.Null(Refuse(ByToken, "10.0.0.7", authorization: "Bearer s3cr3t"));

    [Theory]
    [InlineData("root:r", true)]
    [InlineData("root:wrong", false)]
    [InlineData("app:a", false)]
    [InlineData("nobody:", false)]
    public void OfSeveralUsers_ThoseWithoutRestrictionsMay(string login, bool may) =>
        Assert.Equal(may ? null : 401, Refuse(BySeveral, "10.0.0.7", authorization: Basic(login))?.StatusCode);

    [Theory]
    [InlineData("")]
    [InlineData("Basic")]
    [InlineData("Basic !!!")]
    [InlineData("Bearer secret")]
    public void WrongCredentials_AreRefused(string authorization) => Assert.Equal(401, Refuse(ByUser, "10.0.0.7", authorization: authorization)!.StatusCode);

    [Theory]
    [InlineData("admin:wrong")]
    [InlineData("other:secret")]
    [InlineData("admin")]
    public void WrongLogin_IsRefused(string login) => Assert.Equal(401, Refuse(ByUser, "10.0.0.7", authorization: Basic(login))!.StatusCode);

    [Fact]
    public void WithoutAnyCredentialsConfigured_NobodyMayFromAnotherMachine() =>
        Assert.Equal(401, Refuse(new GatewayOptions { AllowRemoteAdministration = true }, "10.0.0.7", authorization: "Bearer ")!.StatusCode);

    private static AdministrationRefusal? Refuse(GatewayOptions options, string? remote, string? origin = null, string? authorization = null) =>
        new AdministrationAccess(new CurrentSettings(options)).Refuse(remote is null ? null : IPAddress.Parse(remote), origin, authorization);

    private static string Basic(string login) => "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(login));
}
