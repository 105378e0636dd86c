using System.Text;

namespace Bayou.Unit.Silo.Oracle;

/// <summary>
/// Makes small configuration files, about half of them wrong somewhere, in every style of writing that the language
/// allows. One seed makes one sequence of files. What differs from nats-server on purpose is left out: a bare number
/// as a duration, a number directly before a <c>]</c>, a brace that nobody closes, a timeout that is no number, an empty list of users, settings that are refused while they have no effect, and the
/// rules between settings, which nats-server does not check when it tests a file.
/// </summary>
internal sealed class ConfigGenerator(int seed)
{
    private static readonly (string Key, string[] Values)[] Settings =
    [
        ("port", ["4222", "-1", "0", "\"4222\"", "abc", "1.5", "yes", "[ 4222 ]", "{ a: 1 }", "2006-01-02T15:04:05Z", "4k"]),
        ("host", ["127.0.0.1", "\"0.0.0.0\"", "localhost", "1"]),
        ("net", ["'127.0.0.1'", "\"::1\""]),
        ("listen", ["4222", "127.0.0.1:4222", "\"localhost:4222\"", "0.0.0.0:-1", "\"abc\"", "\"1.2.3.4\"", "\"a:b:c\"", "true", "\"[::1]:4223\""]),
        ("http", ["8222", "127.0.0.1:8222", "\"x\"", "1.5"]),
        ("http_port", ["8222", "\"8222\""]),
        ("monitor_port", ["8222", "off"]),
        ("server_name", ["abc", "\"a b\"", "'x'", "5", "true", "1.5", "\"\\x41\\t\"", "\"\\q\"", "(\nblock\n)\n", "x'", "1kx", "$2a$11$abc"]),
        ("client_advertise", ["\"a:1\"", "host:4222", "4222"]),
        ("debug", ["true", "YES", "off", "\"true\"", "1"]),
        ("trace", ["no", "On", "maybe"]),
        ("logtime", ["false", "0"]),
        ("logfile", ["\"/tmp/x.log\"", "x.log", "1"]),
        ("log_file", ["x.log"]),
        ("pid_file", ["x.pid", "[ x ]"]),
        ("max_control_line", ["4096", "8k", "5gb", "\"8k\""]),
        ("max_payload", ["1mb", "64KiB", "512k", "\"1mb\"", "9999999999"]),
        ("max_pending", ["64mb", "1g", "x"]),
        ("max_connections", ["100", "1K", "-1", "ten"]),
        ("max_conn", ["100"]),
        ("max_subs", ["10", "0", "-1", "x"]),
        ("max_sub_tokens", ["8", "0", "300", "-1"]),
        ("ping_interval", ["\"2s\"", "\"1h30m\"", "500ms", "\"abc\"", "1.5", "\"1.5s\""]),
        ("ping_max", ["2", "\"2\""]),
        ("write_deadline", ["10s", "\"2m\"", "\"\"", "true"]),
        ("authorization", [
            "{ user: a, password: b }", "{ token: \"x\" }", "{ token: x, user: y }", "{ timeout: 2.5 }", "{ timeout: \"2s\" }",
            "{ timeout: 3 }", "{ foo: 1 }", "{ user: 5 }", "1", "{ username = a; pass = b\n }",
            "{ users: [ { user: a, pass: b, permissions: { pub: x } } ] }", "{ users = [ {username: a}\n{user: b, password: c} ] }", "{ users: [ {user: a}, {user: a} ] }",
            "{ users: [ { pass: b } ] }", "{ users: [ { user: a, foo: 1 } ] }", "{ users: a }", "{ users: [ {user: a} ], token: x }", "{ users: [ {user: a} ], user: b }",
            "{ default_permissions: { sub: [ a, \"b q\" ] }, users: [ {user: a} ] }", "{ permissions: { publish: \"a..b\" }, users: [ {user: a} ] }",
            "{ users: [ { user: a, permissions: { publish: { allow: a, deny: [ b ] }, allow_responses: yes } } ] }",
            "{ users: [ { user: a, permissions: { subscribe: \"a b c\" } } ] }", "{ users: [ { user: a, permissions: { import: true } } ] }",
            "{ users: [ { user: a, permissions: { allow_responses: { max: 5, expires: \"1m\" } } } ] }", "{ users: [ { user: a, permissions: { allow_responses: x } } ] }",
            "{ users: [ { user: a, allowed_connection_types: [ STANDARD, mqtt ] } ] }", "{ users: [ { user: a, clients: [ FOO ] } ] }"]),
        ("cluster", ["{ name: x, port: -1 }", "{ listen: \"127.0.0.1:-1\"\n routes = [ \"nats://127.0.0.1:1\" ] }", "{ x: 1 }", "{ no_advertise: 1 }"]),
        ("server_tags", ["[ a, \"b\" ]", "\"a\"", "[\n a\n b # c\n ]"]),
        ("syslog", ["false", "1"]),
        ("disable_sublist_cache", ["true"]),
        ("foo", ["1", "{ a: 1 }", "[ ]", "'x'"]),
    ];

    private static readonly string[] Broken =
    [
        "= 1\n", "server_name: \"abc\n", "port: [ 1, 2\n", "port: 1 2\n", "debug = true false\n", "cluster { port: 1\n", "a: .5\n", "a: 5.\n",
        "a: -x\n", "a: 1-2\n", "cluster: { = 1 }\n", "include nope.conf\n", "include [x]\n", "port: $NOT_SET_ANYWHERE\n", "a =\n1\n", "a: [ , 1 ]\n",
        "a: 9223372036854775808\n", "authorization { user: a b }\n", "host: 'x\n", "a: { ] }\n",
    ];

    private static readonly string[] Separators = [" ", ": ", "=", " = ", ":", "\t", "  :  "];

    private static readonly string[] Ends = ["\n", "\n", "\r\n", ", ", "; ", "\n\n# comment\n", " # comment\n", " // comment: 1\n"];

    private readonly Random _random = new(seed);

    /// <summary>The next file.</summary>
    public string Next()
    {
        var text = new StringBuilder();
        for (var count = _random.Next(1, 4); count > 0; count--)
            text.Append(NextSetting());
        if (_random.Next(10) == 0)
            text.Append("limit: 77\nmax_connections $limit\n");
        return _random.Next(12) switch
        {
            0 => text + Pick(Broken),
            1 => $"{{\n{text}\n}}\n",
            _ => text.ToString(),
        };
    }

    private string NextSetting()
    {
        // The first value of a row is valid, and taken more often, or nearly no file would be.
        var (key, values) = Settings[_random.Next(Settings.Length)];
        var value = _random.Next(3) > 0 ? values[0] : Pick(values);
        return NextKey(key) + Pick(Separators) + value + Pick(Ends);
    }

    private string NextKey(string key) => _random.Next(6) switch
    {
        0 => key.ToUpperInvariant(),
        1 => $"\"{key}\"",
        2 => $"'{key}'",
        _ => key,
    };

    private string Pick(string[] choices) => choices[_random.Next(choices.Length)];
}
