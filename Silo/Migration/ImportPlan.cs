using Bayou.Grains.Channels;
using Bayou.Grains.Interfaces;
using Bayou.Grains.Migration;
using Bayou.Import;

namespace Bayou.Silo.Migration;

/// <summary>All that an import is going to do, found out by reading the whole source once, without writing anything.</summary>
internal sealed class ImportPlan
{
    private ImportPlan(SourceStore source, IReadOnlyList<(SourceChannel Channel, ChannelExtent Extent)> channels, IReadOnlyList<Damage> damage)
    {
        Source = source;
        Channels = channels;
        Damage = damage;
    }

    public SourceStore Source { get; }

    public IReadOnlyList<(SourceChannel Channel, ChannelExtent Extent)> Channels { get; }

    /// <summary>What cannot be read.</summary>
    public IReadOnlyList<Damage> Damage { get; }

    /// <exception cref="SourceException">The source cannot be read at all.</exception>
    public static ImportPlan Make(SourceOptions source, StreamingOptions target, DateTimeOffset now)
    {
        var damage = new List<Damage>();
        var store = SourceStore.Open(source, damage.Add);
        var channels = store.Channels
            .Select(channel => (
                channel,
                ChannelExtent.Measure(channel, ChannelLimitsResolver.Resolve(target, channel.Name), ChannelReplica.UnixNanoseconds(now), damage.Add)))
            .ToList();
        return new ImportPlan(store, channels, damage);
    }
}
