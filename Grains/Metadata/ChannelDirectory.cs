using Bayou.Grains.Metadata.Log;
using Bayou.Grains.Replication.Peers;
using Bayou.Records;

namespace Bayou.Grains.Metadata;

/// <summary>
/// Which channels exist and where their replicas are to be. Pure. Invariants: channel names differ by more than letter case; a
/// group is given to one channel only and never again; no silo has two replicas of a group.
/// </summary>
internal sealed class ChannelDirectory
{
    private readonly SortedDictionary<string, ChannelPlacement> _channels = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _namesByFoldedName = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<GroupId, string> _namesByGroup = [];
    private readonly SiloLoads _loads = new();
    private ulong _nextGroup = GroupId.Metadata.Value + 1;

    public IReadOnlyDictionary<string, ChannelPlacement> Channels => _channels;

    /// <summary>A channel by its group; null if there is none.</summary>
    public ChannelPlacement? Find(GroupId group) => _namesByGroup.TryGetValue(group, out var name) ? _channels[name] : null;

    public MetadataResult Create(CreateChannel command, IEnumerable<SiloNumber> silos)
    {
        if (_channels.TryGetValue(command.Name, out var existing))
        {
            return MetadataResult.Of(existing.Group);
        }

        if (_namesByFoldedName.TryGetValue(command.Name, out var other))
        {
            return MetadataResult.Refused(ChannelErrors.CaseClash(command.Name, other));
        }

        if (command.MaxChannels > 0 && _channels.Count >= command.MaxChannels)
        {
            return MetadataResult.Refused(ChannelErrors.TooManyChannels);
        }

        var wanted = Math.Max(1, command.Replicas);
        var replicas = _loads.Choose(silos, wanted);
        var placement = new ChannelPlacement(new GroupId(_nextGroup++), replicas, replicas, wanted);
        Put(command.Name, placement);
        return MetadataResult.Of(placement.Group);
    }

    /// <summary>A channel is no more; its name is free again.</summary>
    public void Delete(GroupId group)
    {
        if (_namesByGroup.Remove(group, out var name) && _channels.Remove(name, out var placement))
        {
            _loads.Remove(placement);
            _namesByFoldedName.Remove(name);
        }
    }

    /// <summary>There was a channel of this group.</summary>
    public bool IsDeleted(GroupId group) => group != GroupId.Metadata && group.Value < _nextGroup && !_namesByGroup.ContainsKey(group);

    /// <summary>Every replica of a silo that was lost is to be on the one that came in its place.</summary>
    public void Replace(SiloNumber lost, SiloNumber successor) => Change(placement => placement with
    {
        Replicas = [.. placement.Replicas.Select(replica => new ReplicaId(replica).Silo == lost ? new ReplicaId(successor).Value : replica)],
    });

    /// <summary>Channels that were created when there were not enough silos get a replica on a new one.</summary>
    public void Extend(SiloNumber silo) => Change(placement =>
        placement.Replicas.Count < placement.Wanted && !placement.IsKeptOn(silo) ? placement.Add(silo) : placement);

    /// <summary>
    /// Has every replica of a silo leave. Another silo, the one with the fewest replicas, takes each one over; where all have one already,
    /// the channel has one less from then on.
    /// </summary>
    public void Vacate(SiloNumber silo, IEnumerable<SiloNumber> others)
    {
        var load = Load(others);
        Change(placement =>
        {
            if (!placement.IsKeptOn(silo))
            {
                return placement;
            }

            var target = load.Keys.Where(other => !placement.IsKeptOn(other)).OrderBy(other => load[other]).FirstOrDefault();
            if (target == SiloNumber.None)
            {
                return placement.Leave(silo);
            }

            load[target]++;
            return placement.Leave(silo).Add(target);
        });
    }

    /// <summary>
    /// Gives a silo replicas of the channels that have too few, and its share of the others': each from the silo that has the most of them.
    /// </summary>
    public void Fill(SiloNumber silo, IEnumerable<SiloNumber> silos)
    {
        Extend(silo);
        var load = Load(silos);
        var share = load.Values.Sum() / load.Count;
        Change(placement =>
        {
            if (load[silo] >= share || placement.IsKeptOn(silo))
            {
                return placement;
            }

            var source = load.Keys.Where(placement.IsKeptOn).OrderByDescending(other => load[other]).FirstOrDefault();
            if (source == SiloNumber.None || load[source] <= load[silo] + 1)
            {
                return placement;
            }

            load[source]--;
            load[silo]++;
            return placement.Leave(source).Add(silo);
        });
    }

    /// <summary>A group has let go of replicas that were to leave.</summary>
    public void Settle(GroupId group, IEnumerable<ulong> replicas)
    {
        if (Find(group) is { } placement)
        {
            Put(_namesByGroup[group], replicas.Aggregate(placement, (settled, replica) => settled.Settle(replica)));
        }
    }

    /// <summary>Some channel has a replica on the silo, be it one that is to leave.</summary>
    public bool IsUsed(SiloNumber silo) => _channels.Values.Any(placement => placement.On(silo) is not null);

    /// <summary>A replica is to begin anew; the id that it has from then on, or none if it is not one of the group's.</summary>
    public ReplicaId? Renew(GroupId group, ReplicaId replica)
    {
        if (Find(group) is not { } placement || !placement.Replicas.Contains(replica.Value))
        {
            return null;
        }

        var next = replica.Next();
        Put(_namesByGroup[group], placement with
        {
            Replicas = [.. placement.Replicas.Select(id => id == replica.Value ? next.Value : id)],
        });
        return next;
    }

    public void Save(MetadataState state)
    {
        state.NextGroup = _nextGroup;
        foreach (var (name, placement) in _channels)
        {
            var record = new ChannelRecord { Name = name, Group = placement.Group.Value, WantedReplicas = placement.Wanted };
            record.Replicas.Add(placement.Replicas);
            record.Founders.Add(placement.Founders);
            record.Leaving.Add(placement.Leaving);
            record.Former.Add(placement.Former);
            state.Channels.Add(record);
        }
    }

    public void Restore(MetadataState state)
    {
        _channels.Clear();
        _namesByFoldedName.Clear();
        _namesByGroup.Clear();
        _loads.Clear();
        _nextGroup = state.NextGroup;
        foreach (var channel in state.Channels)
        {
            Put(channel.Name, new ChannelPlacement(
                new GroupId(channel.Group), [.. channel.Replicas], [.. channel.Founders], channel.WantedReplicas)
            {
                Leaving = [.. channel.Leaving],
                Former = [.. channel.Former],
            });
        }
    }

    private void Put(string name, ChannelPlacement placement)
    {
        if (_channels.TryGetValue(name, out var before)) _loads.Remove(before);
        _channels[name] = placement;
        _loads.Add(placement);
        _namesByFoldedName[name] = name;
        _namesByGroup[placement.Group] = name;
    }

    private void Change(Func<ChannelPlacement, ChannelPlacement> change)
    {
        foreach (var (name, placement) in _channels.ToList())
        {
            Put(name, change(placement));
        }
    }

    /// <summary>How many replicas each silo is to have, in order of the silos' numbers.</summary>
    private SortedDictionary<SiloNumber, int> Load(IEnumerable<SiloNumber> silos) =>
        new(silos.ToDictionary(static silo => silo, silo => _loads.Of(silo).Replicas));
}
