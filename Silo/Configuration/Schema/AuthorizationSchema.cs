using Bayou.Silo.Configuration.Language;

namespace Bayou.Silo.Configuration.Schema;

/// <summary>
/// <c>authorization { }</c>: one user with a password, or a token. What one layer says replaces the other kind from a
/// layer below: <c>--auth</c> on the command line ends the user of the file.
/// </summary>
internal static class AuthorizationSchema
{
    private sealed record Credentials(string? User = null, string? Password = null, string? Token = null, TimeSpan? Timeout = null);

    private static readonly OptionSchema<Credentials> Keys = new(
        Option.String<Credentials>("user", (c, value) => c with { User = value }).Or("username"),
        Option.String<Credentials>("password", (c, value) => c with { Password = value }).Or("pass"),
        Option.String<Credentials>("token", (c, value) => c with { Token = value }),
        Option.Seconds<Credentials>("timeout", (c, value) => c with { Timeout = value }),
        Option.Refused<Credentials>("users"),
        Option.Refused<Credentials>("auth_callout", OptionType.Block).Or("auth_hook"),
        Option.Refused<Credentials>("default_permissions", OptionType.Block).Or("default_permission", "permissions"),
        Option.Refused<Credentials>("proxy_required", OptionType.Boolean));

    public static readonly ConfigOption<ServerOptions> Authorization = Option.Block<ServerOptions>("authorization", Keys, Read);

    private static ServerOptions Read(ServerOptions options, ConfigEntry entry, SchemaReader reader)
    {
        var given = reader.ReadBlock(Keys, entry, "authorization", new Credentials());
        var hasUser = given.User is not null || given.Password is not null;
        if (hasUser && given.Token is not null)
            reader.AddError(entry, "Cannot have a user/pass and token");

        var gateway = options.Gateway with { AuthTimeout = given.Timeout ?? options.Gateway.AuthTimeout };
        if (hasUser)
            gateway = gateway with { User = given.User ?? gateway.User, Password = given.Password ?? gateway.Password, AuthToken = null };
        else if (given.Token is not null)
            gateway = gateway with { User = null, Password = null, AuthToken = given.Token };
        return options with { Gateway = gateway };
    }
}
