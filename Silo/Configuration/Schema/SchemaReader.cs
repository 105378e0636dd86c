using System.Net;
using Bayou.Silo.Configuration.Language;

namespace Bayou.Silo.Configuration.Schema;

/// <summary>
/// Lays a tree of keys and values over options by a schema, and reports what does not fit. One reader serves one layer:
/// a file, the environment, the command line.
/// </summary>
public sealed class SchemaReader(ConfigReport report, ConfigurationEnvironment environment)
{
    private string _path = "";

    public ConfigReport Report { get; } = report;

    /// <summary>Whether an unknown key is ignored with a warning, as NATS Streaming does, rather than an error, as NATS does.</summary>
    public bool IgnoresUnknown { get; set; }

    /// <summary>Reads every entry of a map.</summary>
    public T Read<T>(OptionSchema<T> schema, ConfigMap map, T target)
    {
        foreach (var entry in map.Entries)
            target = ReadEntry(schema, entry, target);
        return target;
    }

    /// <summary>Reads the map under a key, which <paramref name="name"/> calls by its documented name.</summary>
    public T ReadBlock<T>(OptionSchema<T> schema, ConfigEntry entry, string name, T target)
    {
        if (!TryConvert(entry, OptionType.Block, out var map))
            return target;
        var outer = _path;
        _path = $"{outer}{name}.";
        target = Read(schema, (ConfigMap)map, target);
        _path = outer;
        return target;
    }

    /// <summary>Reads a map of blocks that have names of their own, over those that there are already. <paramref name="name"/> is what it is called.</summary>
    public IReadOnlyDictionary<string, T> ReadNamed<T>(OptionSchema<T> schema, ConfigEntry entry, string name, IReadOnlyDictionary<string, T> before, T fresh)
    {
        if (!TryConvert(entry, OptionType.Block, out var map))
            return before;
        var blocks = before.ToDictionary(StringComparer.Ordinal);
        foreach (var block in ((ConfigMap)map).Entries)
        {
            Report.SetOrigin($"{name} {block.Key}", block.Origin);
            blocks[block.Key] = ReadBlock(schema, block, block.Key, blocks.GetValueOrDefault(block.Key, fresh));
        }

        return blocks;
    }

    /// <summary>The value of an entry as an option of this type takes it; false where it is none, which is reported.</summary>
    public bool TryConvert(ConfigEntry entry, OptionType type, out object value)
    {
        if (OptionValue.TryConvert(entry.Value, type, out value, out var expected))
        {
            if (type == OptionType.Duration && entry.Value is ConfigInteger number)
                WarnAboutBareNumber(entry, number);
            return true;
        }

        Report.AddError(entry.Origin, Mismatch(entry, expected));
        return false;
    }

    public void AddError(ConfigEntry entry, string message) => Report.AddError(entry.Origin, message);

    public void AddWithoutEffect(ConfigEntry entry) => Report.AddWithoutEffect(entry.Origin, PathOf(entry));

    public void AddUnprotected(ConfigEntry entry) => Report.AddUnprotected(entry.Origin, PathOf(entry));

    /// <summary>The address of a host, by name or number; the error is reported.</summary>
    public IPAddress? ResolveHost(ConfigEntry entry, string host)
    {
        if (host is "" or "*")
            return IPAddress.Any;
        if (IPAddress.TryParse(host, out var address))
            return address;
        if (string.Equals(host, "localhost", StringComparison.OrdinalIgnoreCase))
            return IPAddress.Loopback;
        if (environment.ResolveHost(host) is { } resolved)
            return resolved;
        Report.AddError(entry.Origin, $"the host \"{host}\" has no address");
        return null;
    }

    private T ReadEntry<T>(OptionSchema<T> schema, ConfigEntry entry, T target)
    {
        if (schema.Find(entry.Key) is not { } option)
        {
            ReportUnknown(entry);
            return target;
        }

        if (!IsInRange(option, entry))
            return target;
        Report.SetOrigin(_path + option.Name, entry.Origin);
        return option.Apply(target, entry, this);
    }

    private bool IsInRange<T>(ConfigOption<T> option, ConfigEntry entry)
    {
        if (option.Type != OptionType.Integer || !OptionValue.TryConvert(entry.Value, OptionType.Integer, out var value, out _))
            return true;
        var number = (long)value;
        if (number > option.Maximum)
            Report.AddError(entry.Origin, $"{entry.Key} value is too big: {number}, at most {option.Maximum}");
        else if (number < option.Minimum)
            Report.AddError(entry.Origin, $"{entry.Key} value is too small: {number}, at least {option.Minimum}");
        else
            return true;
        return false;
    }

    private void ReportUnknown(ConfigEntry entry)
    {
        if (entry.IsUsedAsVariable)
            return;
        if (IgnoresUnknown)
            Report.AddWarning(entry.Origin, $"unknown parameter \"{entry.Key}\" is ignored");
        else
            Report.AddError(entry.Origin, $"unknown field \"{entry.Key}\"");
    }

    private void WarnAboutBareNumber(ConfigEntry entry, ConfigInteger number)
    {
        var hint = number.Text.EndsWith('m') ? $"; for minutes write \"{number.Text}\" in quotes" : "";
        Report.AddWarning(entry.Origin, $"{entry.Key} should be a duration such as \"{number.Text}s\"; {number.Number} is taken as seconds{hint}");
    }

    private string PathOf(ConfigEntry entry) => _path + entry.Key;

    private static string Mismatch(ConfigEntry entry, string expected) => entry.Value is ConfigText text
        ? $"parameter \"{entry.Key}\" value is expected to be {expected}, got \"{text.Text}\""
        : $"parameter \"{entry.Key}\" value is expected to be {expected}, got {entry.Value.Kind}";
}
