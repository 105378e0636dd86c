using Bayou.Gateway.Authorization;
using Bayou.Silo.Configuration.Language;

namespace Bayou.Silo.Configuration.Schema;

/// <summary>The list of <c>users</c>, a map for each.</summary>
internal static class UserSchema
{
    /// <summary>Ways to connect of which nats-server knows; here there is the first one.</summary>
    private static readonly string[] ConnectionTypes = ["STANDARD", "WEBSOCKET", "LEAFNODE", "LEAFNODE_WS", "MQTT", "MQTT_WS", "IN_PROCESS"];

    private static readonly OptionSchema<ConfiguredUser> UserKeys = new(
        Option.String<ConfiguredUser>("user", (u, value) => u with { Name = value }).Or("username"),
        Option.String<ConfiguredUser>("password", (u, value) => u with { Password = value }).Or("pass"),
        Option.Block<ConfiguredUser>("permissions", PermissionSchema.Keys, ReadPermissions).Or("permission", "authorization"),
        Option.Checked<ConfiguredUser>("allowed_connection_types", OptionType.Strings, (u, value, entry, reader) => CheckConnectionTypes(u, (string[])value, entry, reader)).Or("connection_types", "clients"),
        Option.Checked<ConfiguredUser>("nkey", OptionType.String, (u, value, entry, reader) => SetKey(u, (string)value, entry, reader)));

    /// <summary>The keys of a user.</summary>
    public static IOptionNames Keys => UserKeys;

    /// <summary>Reads the list.</summary>
    public static IReadOnlyList<ConfiguredUser> Read(ConfigEntry entry, SchemaReader reader)
    {
        if (entry.Value is not ConfigArray list)
        {
            reader.AddError(entry, $"Expected {entry.Key} field to be an array, got {entry.Value.Kind}");
            return [];
        }

        if (list.Items.Count == 0)
            reader.AddError(entry, $"{entry.Key} is an empty list, which would leave the server open");
        var users = new Dictionary<string, ConfiguredUser>(StringComparer.Ordinal);
        foreach (var item in list.Items)
        {
            if (ReadUser(entry, item, reader) is { } user && !users.TryAdd(user.Name, user))
                reader.AddError(entry, $"Duplicate {(user.IsKey ? "nkey" : "user")} \"{user.Name}\" detected");
        }

        return [.. users.Values];
    }

    private static ConfiguredUser? ReadUser(ConfigEntry list, ConfigValue item, SchemaReader reader)
    {
        if (item is not ConfigMap map)
        {
            reader.AddError(list, $"Expected user entry to be a map/struct, got {item.Kind}");
            return null;
        }

        var place = new ConfigEntry(list.Key, map.Entries.Count > 0 ? map.Entries[0].Origin : list.Origin, map);
        var user = reader.ReadBlock(UserKeys, place, "users", new ConfiguredUser());
        if (user.Key is { } key && user is { Name: "", Password: "" })
            return user with { Name = key };
        if (user is { Key: null, Name.Length: > 0 })
            return user;
        reader.AddError(place, user.IsKey ? "Nkey users do not take usernames or passwords" : "User entry requires a user");
        return null;
    }

    private static ConfiguredUser SetKey(ConfiguredUser user, string key, ConfigEntry entry, SchemaReader reader)
    {
        if (UserKey.TryParse(key) is null)
            reader.AddError(entry, "Not a valid public nkey for a user");
        return user with { Key = key };
    }

    private static ConfiguredUser ReadPermissions(ConfiguredUser user, ConfigEntry entry, SchemaReader reader) =>
        user with { Permissions = reader.ReadBlock(PermissionSchema.Keys, entry, "permissions", new UserPermissions()) };

    private static ConfiguredUser CheckConnectionTypes(ConfiguredUser user, string[] types, ConfigEntry entry, SchemaReader reader)
    {
        var unknown = types.Where(type => !ConnectionTypes.Contains(type, StringComparer.OrdinalIgnoreCase)).ToList();
        if (unknown.Count > 0)
            reader.AddError(entry, $"invalid connection types [\"{string.Join("\" \"", unknown)}\"]");
        else if (types.Length > 0 && !types.Contains(ConnectionTypes[0], StringComparer.OrdinalIgnoreCase))
            reader.AddError(entry, $"{entry.Key} without {ConnectionTypes[0]} would keep the user out: clients connect in no other way here");
        return user;
    }
}
