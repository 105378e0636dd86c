using Bayou.Gateway.Authorization;
using Bayou.Silo.Configuration.Language;

namespace Bayou.Silo.Configuration.Schema;

/// <summary>
/// <c>authorization { }</c>: one user with a password, several users with permissions, or a token. What one layer says replaces the other
/// kinds from a layer below: <c>--auth</c> on the command line ends the users of the file.
/// </summary>
internal static class AuthorizationSchema
{
    private sealed record Credentials(
        string? User = null,
        string? Password = null,
        string? Token = null,
        TimeSpan? Timeout = null,
        IReadOnlyList<ConfiguredUser>? Users = null,
        ConfigEntry? DefaultPlace = null,
        UserPermissions? Default = null)
    {
        public bool HasUser => User is not null || Password is not null;
    }

    private static readonly OptionSchema<Credentials> Keys = new(
        Option.String<Credentials>("user", (c, value) => c with { User = value }).Or("username"),
        Option.String<Credentials>("password", (c, value) => c with { Password = value }).Or("pass"),
        Option.String<Credentials>("token", (c, value) => c with { Token = value }),
        Option.Seconds<Credentials>("timeout", (c, value) => c with { Timeout = value }),
        new ConfigOption<Credentials> { Name = "users", Type = OptionType.Any, Children = UserSchema.Keys, Apply = (c, entry, reader) => c with { Users = UserSchema.Read(entry, reader) } },
        Option.Block<Credentials>("default_permissions", PermissionSchema.Keys, ReadDefault).Or("default_permission", "permissions"),
        Option.Refused<Credentials>("auth_callout", OptionType.Block).Or("auth_hook"),
        Option.Refused<Credentials>("proxy_required", OptionType.Boolean));

    public static readonly ConfigOption<ServerOptions> Authorization = Option.Block<ServerOptions>("authorization", Keys, Read);

    private static Credentials ReadDefault(Credentials credentials, ConfigEntry entry, SchemaReader reader) => credentials with
    {
        DefaultPlace = entry,
        Default = reader.ReadBlock(PermissionSchema.Keys, entry, "default_permissions", new UserPermissions()),
    };

    private static ServerOptions Read(ServerOptions options, ConfigEntry entry, SchemaReader reader)
    {
        var given = reader.ReadBlock(Keys, entry, "authorization", new Credentials());
        Check(given, entry, reader);

        var gateway = given.Timeout is { } timeout ? options.Gateway with { AuthTimeout = timeout } : options.Gateway;
        if (given.Users is { } users)
            gateway = gateway with { User = null, Password = null, AuthToken = null, Users = [.. users.Select(user => user.ToUser(given.Default ?? new UserPermissions()))] };
        else if (given.HasUser)
            gateway = gateway with { User = given.User ?? gateway.User, Password = given.Password ?? gateway.Password, AuthToken = null, Users = [] };
        else if (given.Token is not null)
            gateway = gateway with { User = null, Password = null, AuthToken = given.Token, Users = [] };
        return options with { Gateway = gateway };
    }

    private static void Check(Credentials given, ConfigEntry entry, SchemaReader reader)
    {
        if (given.HasUser && given.Token is not null)
            reader.AddError(entry, "Cannot have a user/pass and token");
        if (given.HasUser && given.Users is not null)
            reader.AddError(entry, "Can not have a single user/pass and a users array");
        if (given.Token is not null && given.Users is not null)
            reader.AddError(entry, "Can not have a token and a users array");
        if (given is { DefaultPlace: { } place, Users: null })
            reader.AddError(place, $"{place.Key} are those of users in a users list that have none of their own; without such a list they would restrict nobody");
    }
}
