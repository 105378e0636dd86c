using Bayou.Gateway;
using Bayou.Gateway.Authorization;
using Bayou.Silo.Configuration;
using Xunit;
using static Bayou.Unit.Silo.Loading;

namespace Bayou.Unit.Silo;

/// <summary><c>authorization { users, default_permissions }</c>: what is read, and what is wrong.</summary>
public sealed class AuthorizationTests
{
    [Fact]
    public void Users_HaveTheirPermissions()
    {
        const string Text =
            """
            authorization {
              default_permissions { publish: "d.>" }
              users = [
                { user: ann, password: secret, permissions {} }
                { username: bob, pass: $2a$04$abc, permission: { pub: [ a, "b.*" ], sub: { allow: "c g", deny: [ d, e ] }, allow_responses: true } }
                { user: eve, authorization: { import: x, export: y, publish_allow_responses: { max_msgs: 5, ttl: "3s" } } }
                { user: jim, pass: j, allowed_connection_types: [ STANDARD, MQTT ] }
              ]
            }
            """;
        GatewayOptions gateway = Options(Text).Gateway;

        Assert.Equal((null, null), (gateway.User, gateway.AuthToken));
        Assert.True(gateway.IsLoginRequired);
        Assert.Equal(
            [
                "ann:secret pub[] -[] sub[] -[]",
                "bob:$2a$04$abc pub[a b.*] -[] sub[c g] -[d e] resp 1 00:02:00",
                "eve: pub[x] -[] sub[y] -[] resp 5 00:00:03",
                "jim:j pub[d.>] -[] sub[] -[]",
            ],
            gateway.Users.Select(Describe));
    }

    [Theory]
    [InlineData("allow_responses: false", "")]
    [InlineData("allow_responses: {}", "resp 1 00:02:00")]
    [InlineData("allow_responses: { max: 0, expires: '0s' }", "resp 1 00:02:00")]
    [InlineData("allow_responses: { max_messages: -1, expiration: '-1s' }", "resp -1 -00:00:01")]
    [InlineData("allow_responses: { max_responses: 99999999999 }", "resp 2147483647 00:02:00")]
    [InlineData("PUBLISH: x, Allow_Responses: { MAX: 3 }", "resp 3 00:02:00")]
    public void Responses_AreReadUnderEveryName(string permissions, string expected)
    {
        var user = Assert.Single(Options($"authorization {{ users: [ {{ user: a, permissions: {{ {permissions} }} }} ] }}").Gateway.Users);
        Assert.EndsWith(expected, Describe(user), StringComparison.Ordinal);
        Assert.Equal(expected.Length > 0, user.Permissions.Responses is not null);
    }

    [Theory]
    [InlineData("users: a", 17, "Expected users field to be an array, got string")]
    [InlineData("users: [ ]", 17, "users is an empty list, which would leave the server open")]
    [InlineData("users: [ a ]", 17, "Expected user entry to be a map/struct, got string")]
    [InlineData("users: [ { password: a } ]", 28, "User entry requires a user")]
    [InlineData("users: [ { user: '' } ]", 28, "User entry requires a user")]
    [InlineData("users: [ { user: a }, { user: a } ]", 17, "Duplicate user \"a\" detected")]
    [InlineData("users: [ { user: a, foo: 1 } ]", 37, "unknown field \"foo\"")]
    [InlineData("users: [ { user: a, allowed_connection_types: [ FOO ] } ]", 37, "invalid connection types [\"FOO\"]")]
    [InlineData("users: [ { user: a, allowed_connection_types: [ MQTT ] } ]", 37, "allowed_connection_types without STANDARD would keep the user out: clients connect in no other way here")]
    [InlineData("users: [ { user: a, permissions: 5 } ]", 37, "parameter \"permissions\" value is expected to be map, got int64")]
    [InlineData("users: [ { user: a, permissions: { foo: 1 } } ]", 52, "unknown field \"foo\"")]
    [InlineData("users: [ { user: a, permissions: { publish: 5 } } ]", 52, "Expected subject permissions to be a subject, or array of subjects, got int64")]
    [InlineData("users: [ { user: a, permissions: { publish: { foo: x } } } ]", 63, "unknown field \"foo\"")]
    [InlineData("users: [ { user: a, permissions: { publish: { allow: {} } } } ]", 63, "Expected subject permissions to be a subject, or array of subjects, got map")]
    [InlineData("users: [ { user: a, permissions: { publish: \"a..b\" } } ]", 52, "subject \"a..b\" is not a valid subject")]
    [InlineData("users: [ { user: a, permissions: { subscribe: \"a b c\" } } ]", 52, "subject \"a b c\" is not a valid subject")]
    [InlineData("users: [ { user: a, permissions: { subscribe: { deny: [ b, \" a\" ] } } } ]", 65, "subject \" a\" is not a valid subject")]
    [InlineData("users: [ { user: a, permissions: { allow_responses: 5 } } ]", 52, "error parsing response permissions, expected a boolean or a map")]
    [InlineData("users: [ { user: a, permissions: { allow_responses: { expires: abc } } } ]", 71, "parameter \"expires\" value is expected to be a duration such as \"1h30m\" or \"500ms\", got string")]
    [InlineData("user: a, password: b, permissions: { publish: x }", 39, "permissions are those of users in a users list that have none of their own; without such a list they would restrict nobody")]
    public void Mistake_IsNamedWithItsPlace(string authorization, int column, string message) =>
        Assert.Equal($"bayou: bayou.conf:1:{column}: {message}", Assert.Single(Errors(LoadText($"authorization {{ {authorization} }}"))));

    [Theory]
    [InlineData("user: a, password: b", "Can not have a single user/pass and a users array")]
    [InlineData("token: a", "Can not have a token and a users array")]
    public void UsersBesideAnotherKind_AreRefused(string other, string message) =>
        Assert.Equal($"bayou: bayou.conf:1:1: {message}", Assert.Single(Errors(LoadText($"authorization {{ {other}, users: [ {{ user: a }} ] }}"))));

    [Theory]
    [InlineData("publish: 'a q'", "\"a q\" names a queue group, which publishing knows nothing of: it matches no subject")]
    [InlineData("subscribe: []", "subscribe is an empty list, which restricts nothing")]
    [InlineData("publish: { allow: [] }", "allow is an empty list, which restricts nothing")]
    public void WhatMeansLessThanItLooks_IsWarnedOf(string permissions, string warning)
    {
        LoadResult result = LoadText($"authorization {{ users: [ {{ user: a, permissions: {{ {permissions} }} }} ] }}");
        Valid(result);
        Assert.EndsWith(warning, Assert.Single(result.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void LaterLayer_ReplacesTheUsers()
    {
        const string Users = "authorization { users: [ { user: a, password: b } ] }";
        Assert.Equal(("x", 0), Shape(Options(Users, "--user", "x", "--pass", "y")));
        Assert.Equal((null, 0), Shape(Options(Users, "--auth", "t")));

        var environment = With((ConfFile, "authorization { token: t }")).AndVariables(
            ("BAYOU__AUTHORIZATION__USERS__0__USER", "first"),
            ("BAYOU__AUTHORIZATION__USERS__0__PERMISSIONS__PUBLISH", "a,b"),
            ("BAYOU__AUTHORIZATION__USERS__1__USER", "second"));
        GatewayOptions gateway = Valid(ServerConfiguration.Load(["-c", ConfFile], environment)).Gateway;
        Assert.Equal(["first: pub[a b] -[] sub[] -[]", "second: pub[] -[] sub[] -[]"], gateway.Users.Select(Describe));
        Assert.Null(gateway.AuthToken);
    }

    [Fact]
    public void Administration_NeedsAUserWithoutRestrictions()
    {
        const string Restricted = "authorization { users: [ { user: a, permissions: { publish: x } } ] }\n";
        const string Both = "authorization { users: [ { user: a, permissions: { publish: x } }, { user: b } ] }\n";
        Assert.EndsWith(
            "remote_admin needs a user without restrictions in authorization { users }: only such a user is an administrator",
            Assert.Single(Errors(LoadText(Restricted + "bayou { remote_admin: true }"))),
            StringComparison.Ordinal);
        Assert.EndsWith(
            "a dashboard on 0.0.0.0 needs a user without restrictions in authorization { users }: only such a user is an administrator",
            Assert.Single(Errors(LoadText(Restricted + "bayou { dashboard: '0.0.0.0:8223' }"))),
            StringComparison.Ordinal);
        Options(Both + "bayou { remote_admin: true, dashboard: '0.0.0.0:8223' }");
    }

    private static (string? User, int Users) Shape(ServerOptions options) => (options.Gateway.User, options.Gateway.Users.Count);

    private static string Describe(GatewayUser user)
    {
        UserPermissions permissions = user.Permissions;
        string responses = permissions.Responses is { } responding ? $" resp {responding.MaxMessages} {responding.Expires}" : "";
        return $"{user.Name}:{user.Password} pub{Describe(permissions.Publish)} sub{Describe(permissions.Subscribe)}{responses}";
    }

    private static string Describe(SubjectPermissions subjects) => $"[{string.Join(' ', subjects.Allow)}] -[{string.Join(' ', subjects.Deny)}]";
}
