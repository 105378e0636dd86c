using Bayou.Grains.Replication.Peers;

namespace Bayou.Grains.Metadata;

/// <summary>
/// How many replicas each silo is to have and how many channels it is to lead, counted as channels come, change and go: to count anew for every
/// channel would make the ten-thousandth one cost ten thousand times the first. Pure.
/// </summary>
internal sealed class SiloLoads
{
    private readonly Dictionary<SiloNumber, SiloLoad> _loads = [];

    public SiloLoad Of(SiloNumber silo) => _loads.GetValueOrDefault(silo);

    public void Add(ChannelPlacement placement) => Count(placement, 1);

    public void Remove(ChannelPlacement placement) => Count(placement, -1);

    public void Clear() => _loads.Clear();

    /// <summary>
    /// The silos with the fewest replicas; of these, the one that is to lead the fewest channels comes first. The numbers decide
    /// between equals, so every replica of the metadata chooses alike.
    /// </summary>
    public ulong[] Choose(IEnumerable<SiloNumber> silos, int count) =>
    [
        .. silos.OrderBy(silo => Of(silo).Replicas).ThenBy(static silo => silo).Take(count)
            .OrderBy(silo => Of(silo).Leaders).ThenBy(static silo => silo)
            .Select(static silo => new ReplicaId(silo).Value),
    ];

    private void Count(ChannelPlacement placement, int sign)
    {
        for (var i = 0; i < placement.Replicas.Count; i++)
        {
            var silo = new ReplicaId(placement.Replicas[i]).Silo;
            var load = Of(silo);
            _loads[silo] = new SiloLoad(load.Replicas + sign, load.Leaders + (i == 0 ? sign : 0));
        }
    }
}
