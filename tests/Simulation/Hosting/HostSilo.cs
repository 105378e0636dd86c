using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Bayou.Grains.Channels;
using Bayou.Grains.Interfaces;
using Bayou.Grains.Interfaces.Identity;
using Bayou.Grains.Interfaces.Messages;
using Bayou.Grains.Metadata;
using Bayou.Grains.Replication;
using Bayou.Grains.Replication.Peers;
using Bayou.Records;
using Bayou.Simulation.Run;
using Bayou.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace Bayou.Simulation.Hosting;

/// <summary>The server's replica host on a virtual machine. What grains and gateways do in the server, a run does with it directly.</summary>
[SuppressMessage("Design", "CA1001", Justification = "A process that is killed disposes of nothing.")]
internal sealed class HostSilo(SiloEnvironment environment, StorageOptions options) : ISiloProgram
{
    private SiloStore? _store;
    private ReplicaHost? _host;
    private HostChannelService? _service;
    private bool _hasJoined;

    private MetadataStateMachine? Metadata => _hasJoined ? _host!.Metadata.Machine : null;

    public IChannelService? Service => _service;

    public bool IsWhole => Metadata is { } metadata && IsWholeBy(metadata);

    public void Open()
    {
        var id = new byte[16];
        environment.Random.NextBytes(id);
        _store = SiloStore.Open(
            environment.Disk, options with { NewSiloId = new Guid(id), StartNonce = (ushort)environment.Random.Next(ushort.MaxValue + 1) }, environment.Fail, Log, environment.Time, DamagePolicy.Report);
        if (_store.Identity.Epoch > 1)
        {
            environment.Oracle.On(Happening.StoreRecovered);
        }

        _store.CheckpointDue += () => environment.Oracle.On(Happening.CheckpointDue);
    }

    public void Start()
    {
        var plan = environment.Plan;
        _host = new ReplicaHost(
            _store!,
            new StreamingOptions
            {
                MaxChannels = 0,
                Limits = new ChannelLimits
                {
                    MaxMessages = plan.Workload.MaxMessages,
                    MaxAge = plan.Workload.MaxAge,
                    MaxInactivity = plan.Workload.MaxInactivity,
                },
            },
            new ReplicationOptions
            {
                Replicas = plan.Replicas,
                RetainedLogBytes = plan.HasTinyFiles ? 8 << 10 : 128 << 10,
                // Entry by entry, a new leader's followers have old entries before they have any of its own.
                MaxAppendBytes = plan.Variation % 2 == 0 ? 1 : 32 << 10,
                ChunkBytes = 8 << 10,
                HibernateTicks = plan.Variation % 3 == 0 ? 50 : 15,
                DigestEntries = 50,
                DigestInterval = TimeSpan.FromSeconds(10),
            },
            new ClusterSettings { Name = environment.Name, Peers = [.. plan.Silos.Where(name => name != environment.Name)], StreamingId = "simulated" },
            new ReplicaEnvironment
            {
                Time = environment.Time,
                Network = new SimulatedPeers(environment),
                Scheduler = new SimulatedScheduler(environment),
                Random = new Random(environment.Random.Next()),
                Workers = 1 + (plan.Variation % 3),
                Observer = new OracleObserver(environment.Name, environment.Oracle, () => _hasJoined = true),
            },
            NullLogger<ReplicaHost>.Instance,
            environment.Fail);
        _host.Outdated += environment.Fail;

        // Nobody is told to leave here, but an old disk may be of a silo whose place was given to another meanwhile.
        _host.Vacated += () => environment.Fail(new OutdatedDataException());
        environment.Oracle.SetLease(environment.Name, group => _host.FindChannel(group) is { HoldsLease: true });
        _host.Start();
        _host.AcceptLeaders();
        StartService(_host);
        _ = ObserveAsync(_host.ReadyAsync());
    }

    public async Task StopAsync()
    {
        _service?.Dispose();
        await _host!.DisposeAsync();
        _store!.Dispose();
    }

    public void Receive(string peer, ReadOnlyMemory<byte> frame) => _host!.Receive(peer, frame);

    public void OnLinkUp(string peer)
    {
        // The host finds out by what arrives.
    }

    public void OnLinkDown(string peer) => _host!.OnLinkDown(peer);

    public async Task<PublishReply> PublishAsync(string channel, Memory<byte> batch)
    {
        try
        {
            var name = new ChannelName(channel);
            var opened = await _host!.OpenChannelAsync(name, maxChannels: 0);
            if (opened.Channel is not { } replica)
            {
                return new PublishReply(PublishOutcome.Refused);
            }

            // Half of the gateways send batches to leaders themselves; the others have their silo do it.
            var applied = environment.Plan.Variation % 4 < 2 ? ((ILocalChannel)replica).Enqueue(new BatchBytes(batch)) : replica.Enqueue(new BatchBytes(batch));
            replica.Run();
            return ReplyTo(await applied, replica);
        }
        catch (ReplicaUnavailableException e)
        {
            return new PublishReply(PublishOutcome.NotLeader, Leader: e.Leader);
        }
    }

    public bool TryRead(string channel, Action<ulong, ReadOnlyMemory<byte>> onMessage)
    {
        if (Find(channel) is not { } replica)
        {
            return false;
        }

        try
        {
            using var reader = replica.OpenReader();
            while (reader.TryRead(out var batch))
            {
                foreach (var record in batch)
                {
                    if (record.Sequence >= replica.FirstSequence)
                    {
                        onMessage(record.Sequence, record.Payload.ToArray());
                    }
                }
            }

            return true;
        }
        catch (StorageCorruptException e)
        {
            environment.Oracle.Note(environment.Name, replica.Group, $"cannot be read: {e.Message}");
            return false;
        }
    }

    public ReplicaView? ViewOf(string channel)
    {
        if (Find(channel) is not { } replica || Metadata is not { } metadata)
        {
            return null;
        }

        var members = replica.Replica.Membership;
        return new ReplicaView(
            replica.Group,
            replica.Replica.AppliedIndex,
            Checksum.Crc32C(((IReplicatedStateMachine)replica).Save()),
            replica.IsLeading,
            replica.FirstSequence,
            [.. members.Voters.Select(voter => NameOf(metadata, voter))],
            [.. members.VotersOutgoing.Select(voter => NameOf(metadata, voter))]);
    }

    public IReadOnlyList<SegmentInfo> SegmentsOf(string channel) => Find(channel)?.Replica.Messages?.Describe().Segments ?? [];

    public void TransferLeadership(string channel, string successor) => throw new NotSupportedException("The host moves leaders by itself.");

    public void ChangeMembers(string channel, IReadOnlyList<string> silos) => throw new NotSupportedException("The host moves replicas by itself.");

    /// <summary>A silo whose disk was lost is somebody else than the one in its place.</summary>
    private static string NameOf(MetadataStateMachine metadata, ulong voter)
    {
        var number = new ReplicaId(voter).Silo;
        return metadata.Silos.All.TryGetValue(number, out var silo) && !silo.IsGone
            ? silo.Identity.Name
            : string.Create(CultureInfo.InvariantCulture, $"lost silo {number.Value}");
    }

    private static PublishReply ReplyTo(PublishResult result, ChannelReplica replica) => result switch
    {
        { Error: null } => new PublishReply(PublishOutcome.Stored, result.FirstSequence),
        { Retry: PublishRetry.No } => new PublishReply(PublishOutcome.Abandoned),
        _ => new PublishReply(PublishOutcome.NotLeader, Leader: replica.LeaderName),
    };

    private void StartService(ReplicaHost host)
    {
        if (environment.Plan.Subscribers.Subscribers.Count > 0)
        {
            _service = new HostChannelService(environment, host);
            _service.Start();
        }
    }

    private ChannelReplica? Find(string channel) => _host?.FindChannel(new ChannelName(channel));

    /// <summary>
    /// It votes wherever it is to have a replica, and nothing of any is missing, nor will turn out to be of groups that it does not know yet. As
    /// long as a membership is in between two, the one that it was not part of decides as well.
    /// </summary>
    private bool IsWholeBy(MetadataStateMachine metadata)
    {
        var own = metadata.Silos.Find(_store!.Identity.Silo);
        var id = new ReplicaId(own).Value;
        return own != SiloNumber.None
            && !_store.MayLackGroups
            && _host!.Metadata.Replica is { IsDamaged: false, Membership.VotersOutgoing.Count: 0 } replica && replica.Membership.Voters.Contains(id) == metadata.Voters.Contains(id)
            && metadata.Channels.Values.All(IsWholeIn);

        bool IsWholeIn(ChannelPlacement placement) => placement.On(own) is not { } wanted
            || (_host!.FindChannel(placement.Group)?.Replica is { IsDamaged: false, Membership.VotersOutgoing.Count: 0 } held && held.Id == wanted && held.Membership.Voters.Contains(wanted.Value));
    }

    private void Log(string message) => environment.Oracle.Note(environment.Name, GroupId.Metadata, message);

    private async Task ObserveAsync(Task task)
    {
        try
        {
            await task;
        }
        catch (Exception e)
        {
            if (environment.Process.IsAlive)
            {
                environment.Fail(e);
            }
        }
    }
}
