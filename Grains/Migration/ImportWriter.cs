using System.Text;
using Bayou.Grains.Channels;
using Bayou.Grains.Channels.Log;
using Bayou.Grains.Interfaces.Identity;
using Bayou.Grains.Metadata;
using Bayou.Grains.Metadata.Log;
using Bayou.Grains.Replication;
using Bayou.Grains.Replication.Formation;
using Bayou.Grains.Replication.Peers;
using Bayou.Import;
using Bayou.Raft;
using Bayou.Records;
using Bayou.Storage;
using Google.Protobuf;
using Orleans.Storage;

namespace Bayou.Grains.Migration;

/// <summary>
/// Fills a new store with what another server held, as if this server had founded its cluster, taken everything in, and made a
/// checkpoint. Nothing of it counts before <see cref="Complete"/>, which is called once. Not for a store that was started.
/// </summary>
public sealed class ImportWriter
{
    /// <summary>Everything imported is of the term in which the cluster was founded.</summary>
    private const ulong Term = 1;

    private const ulong FoundingIndex = 1;

    private readonly SiloStore _store;
    private readonly int _replicas;
    private readonly SessionEpoch _epoch;
    private readonly Func<ulong> _newSecret;
    private readonly ImportedSessions _sessions;
    private readonly MetadataStateMachine _metadata;
    private readonly SiloNumber _own;
    private readonly List<GroupCheckpoint> _groups = [];

    /// <param name="store">An empty store.</param>
    /// <param name="cluster">Who the server is. Others that are named there join it, as servers with empty directories.</param>
    /// <param name="replicas">Replicas that each channel is to have, as far as there are servers.</param>
    /// <param name="epoch">Of the sessions that are imported; those that begin later need a higher one.</param>
    /// <param name="newSecret">Draws what keeps an ack inbox from being guessed.</param>
    /// <param name="serializer">Writes grain state for the server that will read it.</param>
    /// <param name="idOf">Names a grain by its type and key, as that server does.</param>
    public ImportWriter(
        SiloStore store, ClusterSettings cluster, int replicas, SessionEpoch epoch, Func<ulong> newSecret,
        IGrainStorageSerializer serializer, Func<Type, string, GrainId> idOf)
    {
        _store = store;
        _replicas = replicas;
        _epoch = epoch;
        _newSecret = newSecret;
        _sessions = new ImportedSessions(epoch, serializer, idOf);
        var formation = new ClusterFormation(new PeerIdentity(cluster.Name, store.Identity.Silo), peers: [], mayFound: true);
        var founding = (FormationStep.Found)formation.Decide();
        store.JoinCluster(founding.Cluster);
        _metadata = MetadataStateMachine.Found(founding.Founders, cluster.StreamingId);
        _own = _metadata.Silos.Find(store.Identity.Silo);
    }

    /// <summary>Adds the session of a client; before its subscriptions.</summary>
    public void AddClient(SourceClient client) => _sessions.Add(client);

    /// <summary>Adds a channel with its messages and subscriptions.</summary>
    /// <param name="channel">What is read.</param>
    /// <param name="extent">Which of its messages are taken.</param>
    /// <param name="report">Is told of what cannot be read; subscribers will go past it.</param>
    /// <exception cref="SourceException">Another channel has the same name in other letters.</exception>
    public void AddChannel(SourceChannel channel, ChannelExtent extent, Action<Damage> report)
    {
        var created = _metadata.Apply(new MetadataCommand { CreateChannel = new CreateChannel { Name = channel.Name, Replicas = _replicas } });
        if (created.Error is { } error)
        {
            throw new SourceException($"Channel {channel.Name} cannot be created: {error}.");
        }

        var machine = ChannelStateMachine.Restore(new ChannelState
        {
            Name = channel.Name,
            FirstSequence = extent.FirstSequence,
            LastSequence = extent.FirstSequence - 1,
            NextNumber = 1,
        }.ToByteArray());
        var index = Append(channel, extent, report, machine, created.Group);
        foreach (var subscription in channel.Subscriptions)
        {
            machine.Apply(new ChannelCommand { CreateSubscription = ToRecord(channel.Name, subscription, machine, created.Group) });
        }

        var placement = _metadata.Find(created.Group)!;
        Keep(created.Group, placement.On(_own)!.Value, placement.Founders, index, machine.Save());
    }

    /// <summary>Makes it all durable.</summary>
    public void Complete()
    {
        foreach (var row in _sessions.ToRows())
        {
            _metadata.Apply(new MetadataCommand { PutRow = row });
        }

        Keep(GroupId.Metadata, new ReplicaId(_own), _metadata.Voters, FoundingIndex, _metadata.Save());
        var checkpoint = _store.BeginCheckpoint();
        foreach (var group in _groups)
        {
            checkpoint.Add(group);
        }

        checkpoint.Complete();
    }

    private ulong Append(SourceChannel channel, ChannelExtent extent, Action<Damage> report, ChannelStateMachine machine, GroupId group)
    {
        var log = _store.OpenLog(group);
        BeginAt(log, extent.FirstSequence);
        var places = ChannelPlace.AllOf(channel, report).SkipWhile(place => place.Message.Sequence < extent.FirstSequence);
        var index = FoundingIndex;
        foreach (var batch in ImportedBatches.Encode(places, Encoding.UTF8.GetByteCount(channel.Name), Term))
        {
            machine.Apply(batch);
            log.Append(batch, ++index);
        }

        return machine.LastSequence == extent.LastSequence
            ? index
            : throw new SourceException($"The files of channel {channel.Name} have changed while they were read. Stop the server that writes them.");
    }

    /// <summary>A log that does not begin with message 1 is what a replica has that was given a snapshot without messages.</summary>
    private static void BeginAt(ChannelLog log, ulong firstSequence)
    {
        if (firstSequence > 1)
        {
            var start = new ChannelManifest(firstSequence, firstSequence - 1, FoundingIndex, []);
            log.BeginImport(start).Complete();
            log.Install(start);
        }
    }

    private SubscriptionRecord ToRecord(string channel, SourceSubscription source, ChannelStateMachine machine, GroupId group)
    {
        var number = machine.NextNumber;
        var lastSent = Math.Min(source.LastSent, machine.LastSequence);
        var record = new SubscriptionRecord
        {
            Number = number,
            DurableName = source.DurableName,
            QueueGroup = source.QueueGroup,
            ClientId = source.Client,
            LastSent = lastSent,
            ReservedTo = lastSent,
            LastMember = source.LastMember is { } last ? ToRecord(last, number + 1) : null,
        };
        record.Pending.Add(source.Pending
            .Where(sequence => sequence >= machine.FirstSequence && sequence <= lastSent)
            .Select(sequence => new Channels.Log.Range { First = sequence, Last = sequence }));
        foreach (var member in source.Members)
        {
            var added = ToRecord(member, number + 1 + (ulong)record.Members.Count);
            record.Members.Add(added);
            _sessions.AddMember(channel, member, new AckInbox(new SubscriptionId(group, number), added.AckSecret));
        }

        return record;
    }

    private MemberRecord ToRecord(SourceMember member, ulong id) => new()
    {
        Id = id,
        ClientId = member.Client,
        SessionEpoch = _epoch.Value,
        Inbox = member.Inbox,
        AckSecret = _newSecret(),
        MaxInFlight = member.MaxInFlight,
        AckWaitSeconds = member.AckWaitSeconds,
    };

    private void Keep(GroupId group, ReplicaId replica, IReadOnlyList<ulong> founders, ulong index, byte[] machine)
    {
        var position = new ReplicaPosition
        {
            HardState = new HardState(Term, Vote: 0, Commit: index),
            AppliedIndex = index,
            AppliedTerm = Term,
            Membership = ConfState.OfVoters(founders),
        };
        _store.Append(new JournalWrite { Group = group, GroupCreated = true, HardState = position.ToStored() });
        _groups.Add(new GroupCheckpoint
        {
            Group = group,
            HardState = position.ToStored(),
            AppliedIndex = index,
            AppliedTerm = Term,
            State = position.Encode(replica, machine),
        });
    }
}
