using Bayou.Silo.Configuration.Language;
using Bayou.Silo.Configuration.Schema;
using Microsoft.Extensions.Configuration;

namespace Bayou.Silo.Configuration;

/// <summary>
/// A tree of the configuration language as a source of .NET configuration. Its keys are the documented names, such as
/// <c>streaming:store_limits:max_msgs</c>; sizes are plain numbers, durations stay as written.
/// </summary>
public sealed class NatsConfigurationSource(ConfigMap map) : IConfigurationSource
{
    /// <summary>Whether the map is a file without a <c>streaming</c> block: the streaming keys at its top then belong in that block.</summary>
    public bool IsStreamingOnly { get; init; }

    public IConfigurationProvider Build(IConfigurationBuilder builder) => new Provider(this);

    private IEnumerable<KeyValuePair<string, string?>> Flatten() => IsStreamingOnly
        ? ConfigTree.Flatten(KnownToStreaming(), StreamingSchema.Root, RootSchema.Streaming + ":")
        : ConfigTree.Flatten(map, RootSchema.Root);

    private ConfigMap KnownToStreaming()
    {
        var known = new ConfigMap();
        foreach (var entry in map.Entries.Where(entry => StreamingSchema.Root.Find(entry.Key) is not null))
            known.Set(entry);
        return known;
    }

    private sealed class Provider(NatsConfigurationSource source) : ConfigurationProvider
    {
        public override void Load()
        {
            Data = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
            foreach (var (key, value) in source.Flatten())
                Data[key] = value;
        }
    }
}
