using System.Reflection;
using Bayou.Gateway;
using Bayou.Gateway.Authorization;
using Bayou.Silo.Configuration;
using Bayou.Silo.Configuration.Schema;
using Bayou.Silo.Reloading;
using Xunit;

namespace Bayou.Unit.Silo;

/// <summary>Which changes of a configuration take effect while the server runs, and which keep it from being reloaded.</summary>
public sealed class ReloadPlanTests
{
    private const string Users = """
        authorization { users: [
          { user: ann, password: a, permissions { publish: [ "p.>" ], subscribe: { deny: "s" } } }
          { user: bob, password: b }
        ] }
        """;

    [Theory]
    [InlineData("max_connections: 7", "max_connections = 7")]
    [InlineData("max_control_line: 2000", "max_control_line = 2000")]
    [InlineData("max_payload: 1k", "max_payload = 1000")]
    [InlineData("max_pending: 80mb", "max_pending = 83886080")]
    [InlineData("max_subscriptions: 3", "max_subscriptions = 3")]
    [InlineData("max_sub_tokens: 3", "max_sub_tokens = 3")]
    [InlineData("ping_interval: \"10s\"", "ping_interval = 10s")]
    [InlineData("ping_max: 3", "ping_max = 3")]
    [InlineData("write_deadline: \"3s\"", "write_deadline = 3s")]
    [InlineData("lame_duck_duration: \"40s\"", "lame_duck_duration = 40s")]
    [InlineData("lame_duck_grace_period: \"5s\"", "lame_duck_grace_period = 5s")]
    [InlineData("debug: true", "debug = true")]
    [InlineData("trace: true", "trace = true")]
    [InlineData("max_traced_msg_len: 5", "max_traced_msg_len = 5")]
    [InlineData("logtime: false", "logtime = false")]
    [InlineData("logtime_utc: true", "logtime_utc = true")]
    [InlineData("logfile: \"/var/log/x\"", "log_file = /var/log/x")]
    [InlineData("authorization { timeout: 3 }", "authorization timeout = 3s")]
    [InlineData("authorization { token: secret }", "authorization token")]
    [InlineData("authorization { users: [ { user: ann, password: secret } ] }", "authorization users")]
    [InlineData("bayou { allow_unprotected: true }", "allow_unprotected = true")]
    public void Change_TakesEffect(string text, string change)
    {
        ReloadPlan plan = Plan("", text);
        Assert.Null(plan.Refusal);
        Assert.Equal([change], plan.Changes);
        Assert.Empty(OptionDifference.Between(plan.Options!, Loading.Options(text)));
    }

    [Theory]
    [InlineData("port: 5", "Port: old=4222, new=5")]
    [InlineData("host: 127.0.0.1", "Host: old=0.0.0.0, new=127.0.0.1")]
    [InlineData("server_name: x", "ServerName: old=, new=x")]
    [InlineData("http_port: 5", "MonitoringPort: old=, new=5")]
    [InlineData("pidfile: x", "PidFile: old=, new=x")]
    [InlineData("max_closed_clients: 5", "MaxClosedClients: old=10000, new=5")]
    [InlineData("cluster { port: 5, authorization { user: u, password: secret } }", "Cluster")]
    [InlineData("streaming { cluster_id: x }", "Streaming.ClusterId: old=test-cluster, new=x")]
    [InlineData("streaming { store: memory }", "Streaming.Store: old=File, new=Memory")]
    [InlineData("streaming { store_limits { max_msgs: 5 } }", "Streaming.Limits.MaxMessages: old=1000000, new=5")]
    [InlineData("streaming { store_limits { channels { a { max_msgs: 5 } } } }", "Streaming.ChannelLimits")]
    [InlineData("streaming { sv: true }", "Streaming.Trace: old=false, new=true")]
    [InlineData("streaming { cluster { node_id: a } }", "Peers")]
    [InlineData("bayou { replicas: 5 }", "Replicas: old=3, new=5")]
    public void Change_TakesARestart_AndKeepsOutTheOthers(string text, string what)
    {
        ReloadPlan plan = Plan("", text + "\nmax_payload: 10");
        Assert.Equal($"config reload not supported for {what}", plan.Refusal);
        Assert.Null(plan.Options);
        Assert.Empty(plan.Changes);
    }

    [Fact]
    public void Passwords_AreNotShown()
    {
        const string Text = "cluster {{ port: 5, authorization {{ user: u, password: {0} }} }}\nauthorization {{ user: v, password: {0} }}";
        ReloadPlan refused = Plan(Format(Text, "secret"), Format(Text, "other"));
        Assert.Equal("config reload not supported for Cluster.Password", refused.Refusal);
        const string Client = "authorization {{ user: v, password: {0} }}";
        Assert.Equal(["authorization password"], Plan(Format(Client, "secret"), Format(Client, "other")).Changes);
        const string Route = "cluster {{ port: 5, routes: [ \"nats://u:{0}@localhost:6\" ] }}";
        Assert.Equal("config reload not supported for Cluster.Routes", Plan(Format(Route, "secret"), Format(Route, "other")).Refusal);
    }

    [Fact]
    public void UsersThatAreTheSame_StayTheSame()
    {
        ServerOptions old = Loading.Options(Users);
        ReloadPlan plan = ReloadPlan.Of(old, Loading.Options("debug: true\n" + Users));
        Assert.Equal(["debug = true"], plan.Changes);
        Assert.Same(old.Gateway.Users, plan.Options!.Gateway.Users);
    }

    [Theory]
    [InlineData("\"p.>\"", "\"p.*\"")]
    [InlineData("deny: \"s\"", "deny: \"t\"")]
    [InlineData("bob, password: b", "bob, password: c")]
    public void UserThatHasChanged_IsSeen(string old, string @new) =>
        Assert.Equal(["authorization users"], Plan(Users, Users.Replace(old, @new, StringComparison.Ordinal)).Changes);

    [Fact]
    public void NothingNew_IsNoRefusal()
    {
        const string Text = Users + "\nstreaming { store_limits { channels { a { max_msgs: 5 } } }, cluster { node_id: c, peers: [ a, b ] } }\ncluster { port: 5, routes: [ \"nats://x:1\" ] }";
        ReloadPlan plan = Plan(Text, Text);
        Assert.Null(plan.Refusal);
        Assert.Empty(plan.Changes);
    }

    [Fact]
    public void Authenticator_StaysForAsLongAsItsUsersDo()
    {
        GatewayOptions options = Loading.Options(Users).Gateway;
        GatewaySettings settings = GatewaySettings.Of(options);
        Authenticator first = settings.Authenticator;
        Assert.Same(first, settings.Next(options with { MaxPayloadBytes = 10 }).Authenticator);
        Assert.NotSame(first, settings.Next(options with { Users = [.. options.Users] }).Authenticator);
        Assert.NotSame(first, settings.Next(options with { Users = [], AuthToken = "t" }).Authenticator);
    }

    /// <summary>Only what can be set is compared: an option that only a constructor sets would change without anybody noticing.</summary>
    [Fact]
    public void EveryOption_IsCompared() => Assert.Empty(
        OptionsOf(typeof(ServerOptions), [])
            .Where(static option => !option.CanWrite && option.DeclaringType!.GetField($"<{option.Name}>k__BackingField", BindingFlags.NonPublic | BindingFlags.Instance) is not null)
            .Select(static option => $"{option.DeclaringType!.Name}.{option.Name}"));

    private static IEnumerable<PropertyInfo> OptionsOf(Type type, HashSet<Type> seen)
    {
        if (type.Namespace?.StartsWith("Bayou", StringComparison.Ordinal) != true || !seen.Add(type)) return [];
        PropertyInfo[] own = type.GetProperties(BindingFlags.Public | BindingFlags.Instance);
        return [.. own, .. own.SelectMany(static option => option.PropertyType.GetGenericArguments().Append(option.PropertyType)).SelectMany(held => OptionsOf(held, seen))];
    }

    private static ReloadPlan Plan(string old, string @new) => ReloadPlan.Of(Loading.Options(old), Loading.Options(@new));

    private static string Format(string text, string password) => string.Format(System.Globalization.CultureInfo.InvariantCulture, text, password);
}
