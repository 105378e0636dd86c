using Bayou.Silo.Configuration.Language;
using Bayou.Silo.Configuration.Schema;
using Microsoft.Extensions.Configuration;

namespace Bayou.Silo.Configuration;

/// <summary>
/// The file of the NATS side (<c>-c</c>) and the file of the streaming side (<c>-sc</c>); one that is given alone serves
/// both. The streaming side reads the <c>streaming</c> block of its file or, where there is none, the whole file.
/// </summary>
internal sealed class ConfigFiles
{
    private readonly ConfigMap? _nats;
    private readonly ConfigMap? _streaming;

    private ConfigFiles(ConfigMap? nats, ConfigMap? streaming) => (_nats, _streaming) = (nats, streaming);

    /// <summary>Reads the files; what is not in the language goes to the report.</summary>
    public static ConfigFiles Read(string? natsPath, string? streamingPath, ConfigReadContext context, ConfigReport report)
    {
        var nats = Parse(natsPath ?? streamingPath, context, report);
        var areOne = natsPath is null || streamingPath is null || string.Equals(natsPath, streamingPath, StringComparison.Ordinal);
        return new ConfigFiles(nats, areOne ? nats : Parse(streamingPath, context, report));
    }

    /// <summary>Lays the files over the options.</summary>
    public ServerOptions Apply(ServerOptions options, SchemaReader reader)
    {
        if (_nats is null || _streaming is null)
            return options;
        if (ReferenceEquals(_nats, _streaming))
            return reader.Read(HasBlock(_nats) ? RootSchema.Root : RootSchema.Shared, _nats, options);

        options = reader.Read(RootSchema.Root, Except(_nats, RootSchema.Streaming, reader.Report), options);
        reader.IgnoresUnknown = true;
        options = HasBlock(_streaming)
            ? reader.Read(RootSchema.Root, Only(_streaming, RootSchema.Streaming, reader.Report), options)
            : reader.Read(RootSchema.StreamingOnly, _streaming, options);
        reader.IgnoresUnknown = false;
        return options;
    }

    /// <summary>Offers the files as .NET configuration.</summary>
    public void AddTo(IConfigurationBuilder builder)
    {
        if (_nats is not null)
            builder.Add(new NatsConfigurationSource(_nats));
        if (_streaming is not null && (!ReferenceEquals(_nats, _streaming) || !HasBlock(_streaming)))
            builder.Add(new NatsConfigurationSource(_streaming) { IsStreamingOnly = !HasBlock(_streaming) });
    }

    private static bool HasBlock(ConfigMap map) => map.FindIgnoringCase(RootSchema.Streaming) is not null;

    /// <summary>The other file's block; it is not read, and whoever wrote it should know.</summary>
    private static ConfigMap Except(ConfigMap map, string key, ConfigReport report) =>
        Where(map, entry => !IsNamed(entry, key), entry =>
            report.AddWarning(entry.Origin, $"\"{entry.Key}\" is ignored here: the streaming configuration file is read instead"));

    private static ConfigMap Only(ConfigMap map, string key, ConfigReport report) =>
        Where(map, entry => IsNamed(entry, key), entry =>
            report.AddWarning(entry.Origin, $"\"{entry.Key}\" is ignored: only the streaming block of this file is read"));

    private static bool IsNamed(ConfigEntry entry, string key) => string.Equals(entry.Key, key, StringComparison.OrdinalIgnoreCase);

    private static ConfigMap Where(ConfigMap map, Predicate<ConfigEntry> isKept, Action<ConfigEntry> onLeftOut)
    {
        var kept = new ConfigMap();
        foreach (var entry in map.Entries)
        {
            if (isKept(entry))
                kept.Set(entry);
            else if (!entry.IsUsedAsVariable)
                onLeftOut(entry);
        }

        return kept;
    }

    private static ConfigMap? Parse(string? path, ConfigReadContext context, ConfigReport report)
    {
        if (path is null)
            return null;
        try
        {
            return ConfigParser.ParseFile(path, context);
        }
        catch (ConfigSyntaxException failure)
        {
            report.AddError(failure.Origin, failure.Message);
            return null;
        }
    }
}
