using System.Text;
using Bayou.Gateway.Authorization;
using Bayou.Gateway.Protocol;
using Bayou.Silo.Configuration.Language;

namespace Bayou.Silo.Configuration.Schema;

/// <summary><c>permissions { }</c> of a user: where it may publish, what it may subscribe to, how it may answer.</summary>
internal static class PermissionSchema
{
    private static readonly OptionSchema<SubjectPermissions> Subjects = new(
        new ConfigOption<SubjectPermissions> { Name = "allow", Type = OptionType.Any, Apply = (p, entry, reader) => p with { Allow = ReadSubjects(entry, reader) } },
        new ConfigOption<SubjectPermissions> { Name = "deny", Type = OptionType.Any, Apply = (p, entry, reader) => p with { Deny = ReadSubjects(entry, reader) } });

    private static readonly OptionSchema<ResponsePermission> Responses = new(
        Option.Integer<ResponsePermission>("max", (r, value) => value == 0 ? r : r with { MaxMessages = (int)Math.Clamp(value, int.MinValue, int.MaxValue) })
            .Or("max_msgs", "max_messages", "max_responses"),
        Option.Duration<ResponsePermission>("expires", (r, value) => value == TimeSpan.Zero ? r : r with { Expires = value }).Or("expiration", "ttl"));

    /// <summary>The keys.</summary>
    public static readonly OptionSchema<UserPermissions> Keys = new(
        Option.Block<UserPermissions>("publish", Subjects, ReadPublish).Or("pub", "import"),
        Option.Block<UserPermissions>("subscribe", Subjects, ReadSubscribe).Or("sub", "export"),
        Option.Block<UserPermissions>("allow_responses", Responses, ReadResponses).Or("publish_allow_responses"));

    private static UserPermissions ReadPublish(UserPermissions permissions, ConfigEntry entry, SchemaReader reader)
    {
        var publish = ReadSide(entry, "publish", reader);
        foreach (var subject in publish.Allow.Concat(publish.Deny).Where(subject => Words(subject).Length > 1))
            reader.Report.AddWarning(entry.Origin, $"\"{subject}\" names a queue group, which publishing knows nothing of: it matches no subject");
        return permissions with { Publish = publish };
    }

    private static UserPermissions ReadSubscribe(UserPermissions permissions, ConfigEntry entry, SchemaReader reader) =>
        permissions with { Subscribe = ReadSide(entry, "subscribe", reader) };

    /// <summary>A subject or a list of them is what is allowed.</summary>
    private static SubjectPermissions ReadSide(ConfigEntry entry, string name, SchemaReader reader) => entry.Value is ConfigMap
        ? reader.ReadBlock(Subjects, entry, name, new SubjectPermissions())
        : new SubjectPermissions { Allow = ReadSubjects(entry, reader) };

    private static IReadOnlyList<string> ReadSubjects(ConfigEntry entry, SchemaReader reader)
    {
        var value = entry.Value is ConfigString text ? new ConfigArray([text]) : entry.Value;
        if (!OptionValue.TryConvert(value, OptionType.Strings, out var subjects, out _))
        {
            reader.AddError(entry, $"Expected subject permissions to be a subject, or array of subjects, got {entry.Value.Kind}");
            return [];
        }

        foreach (var subject in ((string[])subjects).Where(subject => !IsSubject(subject)))
            reader.AddError(entry, $"subject \"{subject}\" is not a valid subject");
        if (subjects is string[] { Length: 0 } && !entry.Key.Equals("deny", StringComparison.OrdinalIgnoreCase))
            reader.Report.AddWarning(entry.Origin, $"{entry.Key} is an empty list, which restricts nothing");
        return (string[])subjects;
    }

    /// <summary>A subject, perhaps with the name of a queue group behind it.</summary>
    private static bool IsSubject(string text) => SubjectRules.IsValid(Encoding.UTF8.GetBytes(text))
        || (Words(text) is [var subject, _] && SubjectRules.IsValid(Encoding.UTF8.GetBytes(subject)));

    private static string[] Words(string text) => text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);

    private static UserPermissions ReadResponses(UserPermissions permissions, ConfigEntry entry, SchemaReader reader)
    {
        if (entry.Value is ConfigMap)
            return permissions with { Responses = reader.ReadBlock(Responses, entry, "allow_responses", new ResponsePermission()) };
        if (OptionValue.TryConvert(entry.Value, OptionType.Boolean, out var isAllowed, out _))
            return permissions with { Responses = isAllowed is true ? new ResponsePermission() : null };
        reader.AddError(entry, "error parsing response permissions, expected a boolean or a map");
        return permissions;
    }
}
