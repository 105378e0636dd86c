using System.Collections.Concurrent;
using Bayou.Grains.Interfaces;
using Bayou.Grains.Interfaces.Identity;
using Bayou.Grains.Metadata;
using Bayou.Grains.Replication;
using Bayou.Grains.Replication.Peers;
using Bayou.Raft;
using Bayou.Records;
using Bayou.Storage;

namespace Bayou.Grains.Channels;

/// <summary>
/// The channels that this silo has a replica of. It follows the metadata: replicas are opened, begun anew and let go as the
/// directory says, and for no other reason. Any thread looks up.
/// </summary>
internal sealed class ChannelRegistry(
    StreamingOptions streaming, ReplicaServices services, UnclaimedGroups unclaimed, Func<GroupId, ReplicaWorker> workerOf, MetadataReports reports,
    ChannelNotices notices, Action<ChannelReplica> onLed)
{
    private readonly ConcurrentDictionary<GroupId, ChannelReplica> _byGroup = new();
    private readonly ConcurrentDictionary<ChannelName, ChannelReplica> _byName = new();
    private readonly ConcurrentDictionary<ChannelName, ChannelPlacement> _placements = new();
    private readonly ConcurrentDictionary<GroupId, ChannelPlacement> _placementsByGroup = new();
    private readonly ConcurrentDictionary<GroupId, Replica> _letGo = new();
    private readonly Lock _gate = new();
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public IReadOnlyCollection<ChannelReplica> All => (IReadOnlyCollection<ChannelReplica>)_byGroup.Values;

    /// <summary>How many channels there are, here or elsewhere.</summary>
    public int PlacementCount => _placements.Count;

    public ChannelReplica? Find(GroupId group) => _byGroup.GetValueOrDefault(group);

    public ChannelReplica? Find(ChannelName name) => _byName.GetValueOrDefault(name);

    /// <summary>
    /// Replicas that their groups have let go of. Their data stay until a checkpoint holds the metadata that says so: a silo that came back
    /// with older metadata would open the replica once more, and it must not have forgotten what it promised.
    /// </summary>
    public IReadOnlyCollection<Replica> LetGo => [.. _letGo.Values];

    /// <summary>A replica that its group has let go of, and that is not deleted yet.</summary>
    public Replica? FindLetGo(GroupId group) => _letGo.GetValueOrDefault(group);

    /// <summary>Deletes replicas that were let go, after a checkpoint that began later.</summary>
    public async Task DeleteAsync(IEnumerable<Replica> replicas)
    {
        foreach (var replica in replicas)
        {
            await workerOf(replica.Group).RunAsync(() => TryDelete(replica));
        }
    }

    /// <summary>Where a channel is; null as long as this silo has not heard of it.</summary>
    public ChannelPlacement? PlacementOf(ChannelName name) => _placements.GetValueOrDefault(name);

    /// <summary>Where the channel of a group is; null as long as this silo has not heard of it.</summary>
    public ChannelPlacement? PlacementOf(GroupId group) => _placementsByGroup.GetValueOrDefault(group);

    /// <summary>Names of the silos that may lead a channel: the one that is known to, then those that are to have replicas and are alive.</summary>
    public IEnumerable<string> LeaderCandidates(ChannelPlacement? placement)
    {
        if (placement is null)
        {
            yield break;
        }

        if (Find(placement.Group)?.LeaderName is { } leader)
        {
            yield return leader;
        }

        var current = services.Peers.Current;
        foreach (var silo in placement.Replicas.Select(replica => new ReplicaId(replica).Silo))
        {
            if ((silo == current.Own || services.Liveness.IsAlive(silo)) && current.NameOf(silo) is { } name)
            {
                yield return name;
            }
        }
    }

    /// <summary>
    /// Waits until this silo has heard of a channel, the one of <paramref name="group"/> or a later one of its name, and has opened its replica
    /// if it is to have one.
    /// </summary>
    public async Task<ChannelPlacement> WaitForAsync(ChannelName name, GroupId group, TimeSpan patience)
    {
        var deadline = services.Now + patience.Ticks;
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                changed = _changed.Task;
            }

            if (PlacementOf(name) is { } placement && placement.Group.Value >= group.Value
                && (placement.On(services.Peers.Current.Own) is null || Find(placement.Group) is not null))
            {
                return placement;
            }

            var rest = TimeSpan.FromTicks(deadline - services.Now);
            if (rest <= TimeSpan.Zero)
            {
                throw new ReplicaUnavailableException($"Channel {name.Value} was created, and this silo has not heard of it yet.");
            }

            await changed.EndsWithinAsync(rest, services.Time);
        }
    }

    /// <summary>On the metadata's worker: brings the replicas of this silo into line with the directory.</summary>
    public void Follow(MetadataStateMachine metadata)
    {
        foreach (var (channel, placement) in _placements)
        {
            if (metadata.Find(placement.Group) is null)
            {
                _placements.TryRemove(channel, out _);
                _placementsByGroup.TryRemove(placement.Group, out _);
                workerOf(placement.Group).Post(new WorkerAction(worker => End(worker, channel, placement.Group)));
            }
        }

        var own = services.Peers.Current.Own;
        foreach (var (name, placement) in metadata.Channels)
        {
            var channel = new ChannelName(name);
            var isNews = !_placements.TryGetValue(channel, out var known) || known != placement;
            _placements[channel] = placement;
            _placementsByGroup[placement.Group] = placement;
            if (isNews && known?.On(own) != placement.On(own))
            {
                workerOf(placement.Group).Post(new WorkerAction(worker => Renew(worker, channel, placement, placement.On(own)), mayBlock: true));
            }

            if (isNews)
            {
                workerOf(placement.Group).Post(new WorkerAction(worker => Attend(worker, placement.Group)));
            }
        }

        SignalChange();
    }

    /// <summary>On the group's worker: lets the replica of this silo go, if there is one, and opens the one that it is to have.</summary>
    private void Renew(ReplicaWorker worker, ChannelName name, ChannelPlacement placement, ReplicaId? wanted)
    {
        if (wanted is not { } id)
        {
            LetGoOf(worker, name, placement.Group);
            return;
        }

        var recovered = unclaimed.Claim(placement.Group);
        var existing = Take(worker, name, placement.Group);
        var held = existing?.Id ?? IdOf(recovered);

        if (recovered is not null && held is { } later && later.Silo == id.Silo && later.Incarnation > id.Incarnation)
        {
            // The metadata is not yet where it was before the restart, and will ask for this one in the end.
            unclaimed.Return(recovered);
            return;
        }

        if (held is { } former && former != id)
        {
            // What was promised under another id is not to be built upon; nor is it to be lost.
            services.Store.Quarantine(placement.Group);
            services.Observer.OnRenewed(placement.Group, id);
            recovered = null;
            if (existing is not null)
            {
                existing.IsGivenUp = true;
            }
        }

        if (recovered is null && held is null && services.Store.MayLackGroups)
        {
            // The store cannot tell whether there was anything: the replica must not count as one that never had it.
            recovered = UnclaimedGroups.Lost(placement.Group);
        }

        Open(worker, name, placement, id, recovered);
    }

    /// <summary>On the group's worker: a channel is no more.</summary>
    private void End(ReplicaWorker worker, ChannelName name, GroupId group)
    {
        LetGoOf(worker, name, group);
        notices.Deleted(name);
    }

    private void LetGoOf(ReplicaWorker worker, ChannelName name, GroupId group)
    {
        if (Take(worker, name, group) is { } replica)
        {
            _letGo[group] = replica;
        }
    }

    /// <summary>On the group's worker: a group that is to have other members is seen to, even if it sleeps.</summary>
    private static void Attend(ReplicaWorker worker, GroupId group)
    {
        if (worker.Find(group) is { NeedsMembers: true } replica)
        {
            worker.AttendLater(replica);
        }
    }

    /// <summary>On the group's worker: takes the replica that this silo has, or has let go and not deleted yet, out of its place.</summary>
    private Replica? Take(ReplicaWorker worker, ChannelName name, GroupId group)
    {
        if (_byGroup.TryRemove(group, out var existing))
        {
            _byName.TryRemove(KeyValuePair.Create(name, existing));
            worker.Remove(existing.Replica);
            return existing.Replica;
        }

        return _letGo.TryRemove(group, out var letGo) ? letGo : null;
    }

    /// <summary>On the group's worker: false if the group has come back meanwhile.</summary>
    private bool TryDelete(Replica replica)
    {
        if (!_letGo.TryRemove(KeyValuePair.Create(replica.Group, replica)))
        {
            return false;
        }

        replica.IsGivenUp = true;
        services.Store.OpenLog(replica.Group).Delete();
        services.Store.Append(new JournalWrite { Group = replica.Group, GroupDeleted = true });
        return true;
    }

    private void Open(ReplicaWorker worker, ChannelName name, ChannelPlacement placement, ReplicaId id, RecoveredGroup? recovered)
    {
        var channel = new ChannelReplica(
            name, ChannelLimitsResolver.Resolve(streaming, name.Value), placement.Group, id,
            ConfState.OfVoters(placement.Founders), worker, services, recovered)
        {
            Policy = DeliveryPolicyResolver.Resolve(streaming, name.Value),
        };
        channel.Replica.WantedMembers = () => PlacementOf(name) is { } wanted ? new WantedMembers(wanted.Replicas, []) { Leaving = wanted.Leaving } : null;
        channel.Replica.RenewalWanted = reports.Renew;
        channel.Replica.Settled = reports.Settle;
        channel.Led = onLed;
        channel.Full = notices.Full;
        channel.Ended = reports.Delete;
        _byGroup[placement.Group] = channel;
        _byName[name] = channel;
        worker.Add(channel.Replica);
        SignalChange();
    }

    private void SignalChange()
    {
        lock (_gate)
        {
            _changed.SetResult();
            _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    /// <summary>Under which id the store's replica of a group began; null if it holds nothing.</summary>
    private static ReplicaId? IdOf(RecoveredGroup? recovered)
    {
        if (recovered is null || recovered.State.IsEmpty)
        {
            return null;
        }

        new ReplicaPosition().Restore(recovered.State, recovered.AppliedIndex, recovered.AppliedTerm, out var id);
        return id;
    }
}
