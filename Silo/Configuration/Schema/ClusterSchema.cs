using Bayou.Gateway.Routes;
using Bayou.Silo.Configuration.Language;

namespace Bayou.Silo.Configuration.Schema;

/// <summary><c>cluster { }</c>: how the server joins others. It does so where a port is given; the rest alone switches nothing on.</summary>
internal static class ClusterSchema
{
    private sealed record Credentials(string? User = null, string? Password = null, TimeSpan? Timeout = null);

    private static readonly OptionSchema<Credentials> AuthorizationKeys = new(
        Option.String<Credentials>("user", (c, value) => c with { User = value }).Or("username"),
        Option.String<Credentials>("password", (c, value) => c with { Password = value }).Or("pass"),
        Option.Seconds<Credentials>("timeout", (c, value) => c with { Timeout = value }),
        Wrong("token", "Cluster authorization does not support tokens"),
        Wrong("users", "Cluster authorization does not allow multiple users"));

    /// <summary>The keys.</summary>
    public static readonly OptionSchema<ServerOptions> Keys = new(
        Cluster<string>("name", Option.String, (c, value) => c with { Name = value.Length == 0 ? null : value }),
        Option.Checked<ServerOptions>("listen", OptionType.Address, SetListen),
        Option.Int32<ServerOptions>("port", (o, value) => o with { ClusterPort = Port(value) }).Within(-1, 65535),
        Option.Checked<ServerOptions>("host", OptionType.String, (o, value, entry, reader) => SetHost(o, (string)value, entry, reader)).Or("net"),
        Option.Block<ServerOptions>("authorization", AuthorizationKeys, SetAuthorization),
        Option.Checked<ServerOptions>("routes", OptionType.Strings, SetRoutes),
        Option.Checked<ServerOptions>("cluster_advertise", OptionType.String, SetAdvertise).Or("advertise"),
        Cluster<bool>("no_advertise", Option.Boolean, (c, value) => c with { NoAdvertise = value }),
        Cluster<int>("connect_retries", Option.Int32, (c, value) => c with { ConnectRetries = Math.Max(value, 0) }),
        TlsSchema.Routes,
        Option.Refused<ServerOptions>("permissions", OptionType.Block),
        Option.NotYet<ServerOptions>("connect_backoff", OptionType.Boolean),
        Option.NotYet<ServerOptions>("pool_size", OptionType.Integer),
        Option.NotYet<ServerOptions>("accounts", OptionType.Strings),
        Option.NotYet<ServerOptions>("compression"),
        Option.NotYet<ServerOptions>("ping_interval", OptionType.Duration),
        Option.NotYet<ServerOptions>("ping_max", OptionType.Integer),
        Option.NotYet<ServerOptions>("write_deadline", OptionType.Duration),
        Option.NotYet<ServerOptions>("write_timeout", OptionType.String));

    private static ServerOptions SetListen(ServerOptions options, object value, ConfigEntry entry, SchemaReader reader)
    {
        var address = (ListenAddress)value;
        options = options with { ClusterPort = Port(address.Port) };
        return address.Host is null ? options : SetHost(options, address.Host, entry, reader);
    }

    private static ServerOptions SetHost(ServerOptions options, string host, ConfigEntry entry, SchemaReader reader) =>
        reader.ResolveHost(entry, host) is { } address ? options with { Cluster = options.Cluster with { Host = address } } : options;

    private static ServerOptions SetAuthorization(ServerOptions options, ConfigEntry entry, SchemaReader reader)
    {
        var given = reader.ReadBlock(AuthorizationKeys, entry, "authorization", new Credentials());
        var cluster = options.Cluster;
        return options with
        {
            Cluster = cluster with
            {
                User = given.User ?? cluster.User,
                Password = given.Password ?? cluster.Password,
                AuthTimeout = given.Timeout ?? cluster.AuthTimeout,
            },
        };
    }

    private static ServerOptions SetRoutes(ServerOptions options, object value, ConfigEntry entry, SchemaReader reader)
    {
        var routes = new List<RouteUrl>();
        foreach (var text in (string[])value)
        {
            if (RouteUrl.TryParse(text, out var url))
                routes.Add(url);
            else
                reader.AddError(entry, $"error parsing route url [\"{text}\"]");
        }

        return options with { Cluster = options.Cluster with { Routes = routes } };
    }

    private static ServerOptions SetAdvertise(ServerOptions options, object value, ConfigEntry entry, SchemaReader reader)
    {
        var text = (string)value;
        if (text.Length > 0 && !Gateway.HostPort.TryParse(text, defaultPort: 1, out _))
            reader.AddError(entry, $"\"{text}\" is no host:port that other servers could dial");
        return options with { Cluster = options.Cluster with { Advertise = text.Length == 0 ? null : text } };
    }

    private static int? Port(int port) => port switch { 0 => null, -1 => 0, _ => port };

    private static ConfigOption<Credentials> Wrong(string name, string message) => new()
    {
        Name = name,
        Type = OptionType.Any,
        Apply = (credentials, entry, reader) =>
        {
            reader.AddError(entry, message);
            return credentials;
        },
    };

    private static ConfigOption<ServerOptions> Cluster<TValue>(
        string name,
        Func<string, Func<ServerOptions, TValue, ServerOptions>, ConfigOption<ServerOptions>> make,
        Func<ClusterOptions, TValue, ClusterOptions> set) =>
        make(name, (o, value) => o with { Cluster = set(o.Cluster, value) });
}
