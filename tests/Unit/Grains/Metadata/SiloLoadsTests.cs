using Bayou.Grains.Metadata;
using Bayou.Grains.Metadata.Log;
using Bayou.Grains.Replication.Peers;
using Bayou.Records;
using Xunit;

namespace Bayou.Unit.Grains.Metadata;

/// <summary>What is counted as channels come, change and go is what a count of all of them gives.</summary>
public sealed class SiloLoadsTests
{
    private static readonly SiloNumber[] Silos = [.. Enumerable.Range(1, 5).Select(static number => new SiloNumber((ulong)number))];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Placement_IsThatOfACountOfAllChannels(int seed)
    {
        var random = new Random(seed);
        var directory = new ChannelDirectory();
        for (var i = 0; i < 500; i++)
        {
            var silo = Silos[random.Next(Silos.Length)];
            var groups = directory.Channels.Values.Select(static channel => channel.Group).ToList();
            switch (random.Next(8))
            {
                case 0 when groups.Count > 0: directory.Delete(groups[random.Next(groups.Count)]); break;
                case 1: directory.Vacate(silo, Silos.Where(other => other != silo)); break;
                case 2: directory.Fill(silo, Silos); break;
                case 3: directory = Reloaded(directory); break;
                default: RequireFewestLoaded(directory, $"channel{i}", random.Next(1, 4)); break;
            }
        }
    }

    private static void RequireFewestLoaded(ChannelDirectory directory, string name, int replicas)
    {
        var before = directory.Channels.Values.SelectMany(static channel => channel.Replicas).GroupBy(SiloOf).ToDictionary(static silo => silo.Key, static silo => silo.Count());
        var leaders = directory.Channels.Values.Where(static channel => channel.Replicas.Count > 0).GroupBy(static channel => SiloOf(channel.Replicas[0])).ToDictionary(static silo => silo.Key, static silo => silo.Count());
        var expected = Silos.OrderBy(silo => before.GetValueOrDefault(silo)).ThenBy(static silo => silo).Take(replicas)
            .OrderBy(silo => leaders.GetValueOrDefault(silo)).ThenBy(static silo => silo);
        directory.Create(new CreateChannel { Name = name, Replicas = replicas }, Silos);
        Assert.Equal(expected, directory.Channels[name].Replicas.Select(SiloOf));
    }

    private static ChannelDirectory Reloaded(ChannelDirectory directory)
    {
        var state = new MetadataState();
        directory.Save(state);
        directory.Restore(state);
        return directory;
    }

    private static SiloNumber SiloOf(ulong replica) => new ReplicaId(replica).Silo;
}
