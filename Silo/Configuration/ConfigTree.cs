using System.Globalization;
using Bayou.Silo.Configuration.Language;
using Bayou.Silo.Configuration.Schema;
using Microsoft.Extensions.Configuration;

namespace Bayou.Silo.Configuration;

/// <summary>
/// The two shapes of a configuration: the tree of the language, and .NET's flat keys with colons. Flat keys carry the
/// documented names of the options, so that <c>limits { mm: 5 }</c> in a file and <c>BAYOU__STREAMING__STORE_LIMITS__MAX_MSGS</c>
/// in the environment meet.
/// </summary>
internal static class ConfigTree
{
    /// <summary>A tree as flat keys; array elements are numbered from 0.</summary>
    public static IEnumerable<KeyValuePair<string, string?>> Flatten(ConfigMap map, IOptionNames? names, string prefix = "")
    {
        foreach (var setting in map.Entries.GroupBy(entry => names?.FindName(entry.Key)?.Name ?? entry.Key, StringComparer.OrdinalIgnoreCase))
        {
            // Under two of its names, or in capitals once, it is the same setting: the last one counts. Blocks are put together.
            var counting = setting.Last().Value is ConfigMap ? setting : setting.TakeLast(1);
            foreach (var entry in counting)
            {
                foreach (var pair in Flatten(entry.Value, names?.FindName(entry.Key)?.Children, prefix + setting.Key))
                    yield return pair;
            }
        }
    }

    /// <summary>A section of flat keys as a tree of texts. A section whose keys are all numbers is an array.</summary>
    public static ConfigMap FromSection(IConfiguration section, Func<string, ConfigOrigin> origin)
    {
        var map = new ConfigMap();
        foreach (var child in section.GetChildren())
            map.Set(new ConfigEntry(child.Key, origin(child.Path), ToValue(child, origin)));
        return map;
    }

    private static IEnumerable<KeyValuePair<string, string?>> Flatten(ConfigValue value, IOptionNames? names, string path) => value switch
    {
        ConfigMap map => Flatten(map, names, path + ":"),
        ConfigArray array => array.Items.Index().SelectMany(item => Flatten(item.Item, names, $"{path}:{item.Index}")),
        _ => [new(path, ToText(value))],
    };

    private static string ToText(ConfigValue value) => value switch
    {
        ConfigString text => text.Text,
        ConfigText text => text.Text,
        ConfigInteger integer => integer.Number.ToString(CultureInfo.InvariantCulture),
        ConfigFloat number => number.Number.ToString("R", CultureInfo.InvariantCulture),
        ConfigBoolean boolean => boolean.IsTrue ? "true" : "false",
        ConfigDate date => date.Time.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture),
        _ => throw new InvalidOperationException($"A {value.Kind} has no text."),
    };

    private static ConfigValue ToValue(IConfigurationSection section, Func<string, ConfigOrigin> origin)
    {
        var children = section.GetChildren().ToList();
        if (children.Count == 0)
            return new ConfigText(section.Value ?? "");
        if (children.TrueForAll(child => child.Key.All(char.IsAsciiDigit)))
            return new ConfigArray([.. children.Select(child => ToValue(child, origin))]);
        return FromSection(section, origin);
    }
}
