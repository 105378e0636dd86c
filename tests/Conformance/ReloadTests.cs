using Bayou.TestKit;
using Xunit;
using static Bayou.Conformance.ReloadingServer;

namespace Bayou.Conformance;

/// <summary>A configuration that is reloaded while clients are connected: row F4.</summary>
public sealed class ReloadTests
{
    private const string Violation = "-ERR 'Authorization Violation'\r\n";
    private const string Ann = "\"user\":\"ann\",\"pass\":\"a\"";
    private const string Bob = "\"user\":\"bob\",\"pass\":\"b\"";
    private const string Cleo = "\"user\":\"cleo\",\"pass\":\"c\"";
    private const string Dan = "\"user\":\"dan\",\"pass\":\"d\"";

    [Theory]
    [InlineData(ServerKind.Oracle)]
    [InlineData(ServerKind.Gateway)]
    public async Task F4_ClientsGo_WhoseUserIsGoneOrHasAnotherPassword(ServerKind kind)
    {
        await using ReloadingServer server = await ReloadingServer.StartAsync(kind, Users(User("ann", "a"), User("bob", "b"), User("dan", "d")));
        using RawClient ann = await server.LogInAsync(Ann);
        using RawClient bob = await server.LogInAsync(Bob);
        using RawClient dan = await server.LogInAsync(Dan);
        string before = await server.VarzAsync("config_load_time");
        await server.ReloadAsync(Users(User("bob", "other"), User("cleo", "c"), User("dan", "d")));
        Assert.Equal("", Heard(await ann.ReadToEndAsync()));
        Assert.Equal(Violation, Heard(await bob.ReadToEndAsync()));
        Assert.Equal("", Heard(await dan.RoundTripAsync()));
        using RawClient cleo = await server.LogInAsync(Cleo);
        Assert.Equal(Violation, await server.RefuseAsync(Ann));
        Assert.Equal(Violation, await server.RefuseAsync(Bob));
        Assert.NotEqual(before, await server.VarzAsync("config_load_time"));
    }

    [Theory]
    [InlineData(ServerKind.Oracle)]
    [InlineData(ServerKind.Gateway)]
    public async Task F4_OtherPermissions_HoldAtOnce_AndEndSubscriptions(ServerKind kind)
    {
        await using ReloadingServer server = await ReloadingServer.StartAsync(kind, Users(User("ann", "a", """publish: "p.>", subscribe: [ "s.>" ]""")));
        using RawClient ann = await server.LogInAsync(Ann);
        Assert.Equal("", Heard(await ann.RoundTripAsync("SUB s.1 1\r\nSUB s.2 2\r\n")));
        await server.ReloadAsync(Users(User("ann", "a", """publish: "q.>", subscribe: [ "s.2" ]"""), User("bob", "b")));
        Assert.Equal("-ERR 'Permissions Violation for Subscription to \"s.1\" (sid \"1\")'\r\n", Heard(await ann.RoundTripAsync()));
        Assert.Equal("-ERR 'Permissions Violation for Publish to \"p.1\"'\r\n", Heard(await ann.RoundTripAsync("PUB p.1 0\r\n\r\nPUB q.1 0\r\n\r\n")));
        using RawClient bob = await server.LogInAsync(Bob);
        await bob.RoundTripAsync("PUB s.1 1\r\nx\r\nPUB s.2 1\r\ny\r\n");
        Assert.Equal("MSG s.2 2 1\r\ny\r\n", Heard(await ann.RoundTripAsync()));
    }

    [Theory]
    [InlineData(ServerKind.Oracle)]
    [InlineData(ServerKind.Gateway)]
    public async Task F4_HashedPasswords_AreComparedAgain_AndNewPermissionsDoNotWaitForThat(ServerKind kind)
    {
        await using ReloadingServer server = await ReloadingServer.StartAsync(kind, Users(User("ann", Hash("a"), """publish: "p.>" """), User("bob", Hash("b"))));
        using RawClient ann = await server.LogInAsync(Ann);
        using RawClient bob = await server.LogInAsync(Bob);
        await server.ReloadAsync(Users(User("ann", Hash("a"), """publish: "q.>" """), User("bob", Hash("other"))));
        Assert.Equal("-ERR 'Permissions Violation for Publish to \"p.1\"'\r\n", Heard(await ann.RoundTripAsync("PUB p.1 0\r\n\r\nPUB q.1 0\r\n\r\n")));
        Assert.Equal(Violation, Heard(await bob.ReadToEndAsync()));
    }

    [Theory]
    [InlineData(ServerKind.Oracle)]
    [InlineData(ServerKind.Gateway)]
    public async Task WhereNobodyNeededAUser_OnlyTheyStayWhoGaveOne(ServerKind kind)
    {
        await using ReloadingServer server = await ReloadingServer.StartAsync(kind, "");
        using RawClient ann = await server.LogInAsync(Ann);
        using RawClient nobody = await server.LogInAsync("");
        using RawClient silent = await server.ConnectAsync();
        await server.ReloadAsync(Users(User("ann", "a")));
        Assert.Equal(Violation, Heard(await nobody.ReadToEndAsync()));
        Assert.Equal(Violation, Heard(await silent.ReadToEndAsync()));
        Assert.Equal("", Heard(await ann.RoundTripAsync()));
    }

    [Theory]
    [InlineData(ServerKind.Oracle)]
    [InlineData(ServerKind.Gateway)]
    public async Task OtherToken_SendsAwayWhoHasTheOldOne(ServerKind kind)
    {
        await using ReloadingServer server = await ReloadingServer.StartAsync(kind, "authorization { token: old }");
        using RawClient client = await server.LogInAsync("\"auth_token\":\"old\"");
        await server.ReloadAsync("authorization { token: new }");
        Assert.Equal(Violation, Heard(await client.ReadToEndAsync()));
        using RawClient next = await server.LogInAsync("\"auth_token\":\"new\"");
    }

    [Theory]
    [InlineData(ServerKind.Oracle)]
    [InlineData(ServerKind.Gateway)]
    public async Task PasswordThatIsAHashNow_IsComparedAgain(ServerKind kind)
    {
        await using ReloadingServer server = await ReloadingServer.StartAsync(kind, Users(User("ann", "a"), User("bob", "b")));
        using RawClient ann = await server.LogInAsync(Ann);
        using RawClient bob = await server.LogInAsync(Bob);
        await server.ReloadAsync(Users(User("ann", Hash("a")), User("bob", Hash("other"))));
        Assert.Equal(Violation, Heard(await bob.ReadToEndAsync()));
        Assert.Equal("", Heard(await ann.RoundTripAsync()));
    }

    [Theory]
    [InlineData(ServerKind.Oracle)]
    [InlineData(ServerKind.Gateway)]
    public async Task UserWithAKey_StaysForAsLongAsTheKeyDoes(ServerKind kind)
    {
        TestUserKey[] keys = [new(), new()];
        string[] users = [.. keys.Select(static key => $"  {{ nkey: {key.Public} }}\n")];
        await using ReloadingServer server = await ReloadingServer.StartAsync(kind, Users(users));
        using RawClient stays = await server.ConnectAsync();
        using RawClient goes = await server.ConnectAsync();
        Assert.Equal("", Heard(await stays.RoundTripAsync(NKeyTests.Connect(keys[0], NKeyTests.NonceOf(stays.Info)))));
        Assert.Equal("", Heard(await goes.RoundTripAsync(NKeyTests.Connect(keys[1], NKeyTests.NonceOf(goes.Info)))));
        await server.ReloadAsync(Users(users[0], User("ann", "a")));
        Assert.Equal("", Heard(await goes.ReadToEndAsync()));
        Assert.Equal("", Heard(await stays.RoundTripAsync()));
    }

    /// <summary>nats-server 2.9 keeps clients of users that are gone where a token takes their place.</summary>
    [Fact]
    public async Task TokenInPlaceOfUsers_SendsEverybodyAway()
    {
        await using ReloadingServer server = await ReloadingServer.StartAsync(ServerKind.Gateway, Users(User("ann", "a")));
        using RawClient ann = await server.LogInAsync(Ann);
        await server.ReloadAsync("authorization { token: new }");
        Assert.Equal(Violation, Heard(await ann.ReadToEndAsync()));
    }

    [Theory]
    [InlineData(ServerKind.Oracle, "authorization { users: [")]
    [InlineData(ServerKind.Gateway, "authorization { users: [")]
    [InlineData(ServerKind.Oracle, "nonsense: 1")]
    [InlineData(ServerKind.Gateway, "nonsense: 1")]
    [InlineData(ServerKind.Oracle, "server_name: other")]
    [InlineData(ServerKind.Gateway, "server_name: other")]
    [InlineData(ServerKind.Gateway, "streaming { cluster_id: other }")]
    [InlineData(ServerKind.Gateway, "logfile: \"/no/such/directory/at/all.log\"")]
    public async Task WhatIsWrongOrTakesARestart_ChangesNothing(ServerKind kind, string added)
    {
        await using ReloadingServer server = await ReloadingServer.StartAsync(kind, Users(User("ann", "a")));
        using RawClient ann = await server.LogInAsync(Ann);
        string before = await server.VarzAsync("config_load_time");
        await server.ReloadAsync(Users(User("bob", "b")) + "max_payload: 10\n" + added, "[ERR] Failed to reload server configuration: ");
        Assert.Equal("", Heard(await ann.RoundTripAsync($"PUB a 20\r\n{new string('x', 20)}\r\n")));
        using RawClient again = await server.LogInAsync(Ann);
        Assert.Equal(Violation, await server.RefuseAsync(Bob));
        Assert.Equal(before, await server.VarzAsync("config_load_time"));
    }

    [Theory]
    [InlineData(ServerKind.Oracle)]
    [InlineData(ServerKind.Gateway)]
    public async Task OtherPort_IsRefusedWithBothValues(ServerKind kind)
    {
        await using ReloadingServer server = await ReloadingServer.StartAsync(kind, "");
        int other = FreePort.Find();
        await server.ReloadAsync("", $"Failed to reload server configuration: config reload not supported for Port: old={server.Port}, new={other}", other);
    }

    [Theory]
    [InlineData(ServerKind.Oracle)]
    [InlineData(ServerKind.Gateway)]
    public async Task Limits_HoldForWhoIsConnected(ServerKind kind)
    {
        await using ReloadingServer server = await ReloadingServer.StartAsync(kind, "");
        RawClient[] clients = [await server.LogInAsync(""), await server.LogInAsync(""), await server.LogInAsync("")];
        await server.ReloadAsync("max_connections: 1\nmax_payload: 10\n");

        // Of nats-server it is chance who stays.
        Task<string>[] ends = [.. clients.Select(static client => client.ReadToEndAsync())];
        List<Task<string>> open = [.. ends];
        while (open.Count > 1)
        {
            Task<string> end = await Task.WhenAny(open);
            Assert.Equal("-ERR 'maximum connections exceeded'\r\n", Heard(await end));
            open.Remove(end);
        }

        RawClient last = clients[Array.IndexOf(ends, open[0])];
        if (kind == ServerKind.Gateway) Assert.Same(clients[0], last);
        await last.SendAsync($"PUB a 11\r\n{new string('x', 11)}\r\n");
        Assert.Equal("-ERR 'Maximum Payload Violation'\r\n", Heard(await open[0]));
        using RawClient next = await server.ConnectAsync();
        Assert.Contains("\"max_payload\":10,", next.Info, StringComparison.Ordinal);
        foreach (RawClient client in clients) client.Dispose();
    }

    [Fact]
    public async Task Command_ReloadsOfTheLogToo()
    {
        using var directory = new TemporaryDirectory();
        string file = directory.File("bayou.log");
        string configuration = directory.File("bayou.conf");
        await File.WriteAllTextAsync(configuration, "debug: false");
        await using ServerProcess server = await ServerProcess.StartAsync(
            new ServerLaunch { Directory = directory.File("data"), Flags = ["-st", "memory", "-c", configuration] });
        await File.WriteAllTextAsync(configuration, $"debug: true\nlogfile: \"{file}\"\nport: 1\n");

        // The port of the command line counts, as at the start.
        using var command = System.Diagnostics.Process.Start(ServerProgram.Path, ["-sl", $"reload={server.ProcessId}"]);
        await command.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, command.ExitCode);
        await WaitForAsync(file, "Reloaded server configuration");
        using (RawClient client = await RawClient.ConnectAsync(server.Port)) await client.RoundTripAsync(RawClient.Quiet);
        await WaitForAsync(file, "[DBG]");
        Assert.Contains("Reloaded: debug = true", await ReadAsync(file), StringComparison.Ordinal);
        Assert.DoesNotContain("Reloaded", server.Log, StringComparison.Ordinal);
    }

    /// <summary>A file tells nobody that it has grown.</summary>
    private static async Task WaitForAsync(string file, string text)
    {
        using var patience = new CancellationTokenSource(Patience.Long);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!File.Exists(file) || !(await ReadAsync(file)).Contains(text, StringComparison.Ordinal)) await timer.WaitForNextTickAsync(patience.Token);
    }

    private static async Task<string> ReadAsync(string file)
    {
        await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync();
    }

    /// <summary>The cheapest that there is.</summary>
    private static string Hash(string password) => BCrypt.Net.BCrypt.HashPassword(password, workFactor: 4);

    private static string Users(params string[] users) => $"authorization {{\n users: [\n{string.Concat(users)} ]\n}}\n";

    private static string User(string name, string password, string? permissions = null) =>
        $"  {{ user: {name}, password: \"{password}\"{(permissions is null ? "" : $", permissions: {{ {permissions} }}")} }}\n";
}
