using Bayou.Grains.Metadata.Log;
using Bayou.Grains.Replication;
using Bayou.Grains.Replication.Peers;
using Bayou.Raft;
using Bayou.Records;
using Bayou.Storage;
using Google.Protobuf;

namespace Bayou.Grains.Metadata;

/// <summary>The metadata group on this silo: silos, channels and where they are, and the rows of grain state.</summary>
public sealed class MetadataReplica : IReplicatedStateMachine
{
    /// <summary>Ticks between two looks for silos that have nothing left.</summary>
    private const int ForgetTicks = 10;

    private readonly CommandRouter _router;
    private readonly Action<MetadataStateMachine> _onPlacement;
    private readonly ReplicaServices _services;
    private readonly Replica _replica;
    private readonly MetadataStateMachine _machine;
    private readonly Dictionary<SiloNumber, Task> _noting = [];
    private ulong _seenVersion;
    private int _ticks;

    /// <summary>
    /// Begins with <paramref name="initial"/>, which is empty on a silo that was taken in and learns all of it. <paramref name="onPlacement"/> is
    /// called on the worker after silos, channels or replicas have changed.
    /// </summary>
    internal MetadataReplica(
        ReplicaId id, MetadataStateMachine initial, ConfState founders, (ulong Index, ulong Term) start, ReplicaWorker worker, ReplicaServices services,
        CommandRouter router, Action<MetadataStateMachine> onPlacement, RecoveredGroup? recovered)
    {
        _machine = initial;
        _router = router;
        _services = services;
        _onPlacement = onPlacement;
        _replica = new Replica(GroupId.Metadata, id, founders, start, worker, services, this, messages: null, recovered)
        {
            WantedMembers = () => new WantedMembers(_machine.Voters, [.. _machine.Learners]),
        };
    }

    internal Replica Replica => _replica;

    /// <summary>This silo leads the metadata group, as far as it knows. Any thread.</summary>
    public bool IsLeading => _replica.IsLeading;

    /// <summary>The state as of everything applied so far. Only on the group's worker, or before the replica has begun.</summary>
    internal MetadataStateMachine Machine => _machine;

    /// <summary>Reads the metadata as of everything applied so far on this silo.</summary>
    public Task<T> QueryAsync<T>(Func<MetadataStateMachine, T> read) => _replica.QueryAsync(() => read(_machine));

    /// <summary>A row as of now: whatever was written anywhere before this call is seen. Null if there is none.</summary>
    public async Task<MetadataRow?> ReadRowAsync(string key)
    {
        await PassBarrierAsync();
        return await QueryAsync(machine => machine.Rows.TryGetValue(key, out var row) ? row : (MetadataRow?)null);
    }

    /// <summary>Waits until everything that was written anywhere before this call is applied on this silo.</summary>
    public async Task PassBarrierAsync()
    {
        // A leader that changes while it is asked makes for one more try; a cluster without one for an error.
        try
        {
            await _replica.PassBarrierAsync();
        }
        catch (ReplicaUnavailableException)
        {
            await _replica.PassBarrierAsync();
        }
    }

    /// <summary>The group of a channel, which is created if there is none; or why it may not be.</summary>
    public Task<MetadataResult> CreateChannelAsync(string name, int maxChannels, int replicas) => ProposeAsync(new MetadataCommand
    {
        CreateChannel = new CreateChannel { Name = name, MaxChannels = maxChannels, Replicas = replicas },
    });

    /// <summary>The channel of a group has ended: it is no more.</summary>
    internal Task<MetadataResult> DeleteChannelAsync(GroupId group) =>
        ProposeAsync(new MetadataCommand { DeleteChannel = new DeleteChannel { Group = group.Value } });

    /// <summary>Writes a row if it has <paramref name="expectedVersion"/>; 0 for a row that is not there.</summary>
    public Task<MetadataResult> PutRowAsync(string key, ulong expectedVersion, ReadOnlyMemory<byte> value) =>
        ProposeAsync(new MetadataCommand
        {
            PutRow = new PutRow { Key = key, ExpectedVersion = expectedVersion, Value = ByteString.CopyFrom(value.Span) },
        });

    /// <summary>Removes a row if it has <paramref name="expectedVersion"/>.</summary>
    public Task<MetadataResult> RemoveRowAsync(string key, ulong expectedVersion) =>
        ProposeAsync(new MetadataCommand { RemoveRow = new RemoveRow { Key = key, ExpectedVersion = expectedVersion } });

    /// <summary>
    /// Takes in a silo in the place of <paramref name="replaced"/>; the number that it has from then on, none if another has taken that place.
    /// </summary>
    internal Task<MetadataResult> RegisterSiloAsync(PeerIdentity silo, SiloNumber replaced) => ProposeAsync(new MetadataCommand
    {
        RegisterSilo = new RegisterSilo { Name = silo.Name, Silo = ByteString.CopyFrom(silo.Silo.ToByteArray()), Replaced = replaced.Value },
    });

    /// <summary>Has a replica begin anew under another id.</summary>
    internal Task<MetadataResult> RenewReplicaAsync(GroupId group, ReplicaId replica) => ProposeAsync(new MetadataCommand
    {
        RenewReplica = new RenewReplica { Group = group.Value, Replica = replica.Value },
    });

    /// <summary>Has a silo leave, take part in full, or lead nothing. What came of it says why it may not.</summary>
    internal Task<MetadataResult> ChangeSiloAsync(MetadataCommand change) => ProposeAsync(change);

    /// <summary>A group has let go of replicas that were to leave.</summary>
    internal Task<MetadataResult> SettleGroupAsync(GroupId group, IReadOnlyList<ulong> replicas) => ProposeAsync(new MetadataCommand
    {
        SettleGroup = new SettleGroup { Group = group.Value, Replicas = { replicas } },
    });

    /// <summary>Waits until the group has a leader that has applied everything from before the call.</summary>
    internal Task ReadyAsync() => PutRowAsync(string.Empty, ulong.MaxValue, ReadOnlyMemory<byte>.Empty);

    /// <summary>
    /// The starts that the log after a checkpoint tells of. They were heard by a leader, whether its word was committed or not, so they hold
    /// for a silo that comes up and does not know yet what is committed.
    /// </summary>
    internal static IEnumerable<(SiloNumber Silo, SiloStart Start)> StartsIn(RecoveredGroup recovered)
    {
        foreach (var entry in recovered.Entries)
        {
            if ((EntryKind)entry.Kind == EntryKind.Normal && !entry.Data.IsEmpty && !LogDigest.IsMark(entry.Data.Span)
                && MetadataCommand.Parser.ParseFrom(entry.Data.Span).NoteStart is { } noted)
            {
                yield return (new SiloNumber(noted.Silo), new SiloStart(noted.Start));
            }
        }
    }

    /// <summary>As the leader: a silo was heard, and its start may have to be noted.</summary>
    internal void OnHeard()
    {
        if (_replica.IsLeading && Unnoted().Any())
        {
            _replica.Wake();
        }
    }

    internal static byte[] EncodeResult(object? result) => ((MetadataResult)result!).Encode();

    bool IReplicatedStateMachine.NeedsLeader => true;

    object? IReplicatedStateMachine.Apply(ulong index, ReadOnlyMemory<byte> command) =>
        _machine.Apply(MetadataCommand.Parser.ParseFrom(command.Span));

    void IReplicatedStateMachine.OnApplied()
    {
        if (_machine.PlacementVersion != _seenVersion)
        {
            _seenVersion = _machine.PlacementVersion;
            _onPlacement(_machine);
        }
    }

    void IReplicatedStateMachine.OnLeading(ulong term)
    {
    }

    void IReplicatedStateMachine.OnFollowing()
    {
    }

    void IReplicatedStateMachine.OnTick()
    {
        NoteStarts();
        if (_ticks++ % ForgetTicks != 0)
        {
            return;
        }

        foreach (var silo in _machine.Vacated.Where(IsGone).ToList())
        {
            _replica.Propose(new MetadataCommand { ForgetSilo = new ForgetSilo { Silo = silo.Value } }.ToByteArray());
        }
    }

    TimeSpan? IReplicatedStateMachine.UntilDue() =>
        _machine.Silos.Leaving.Any() || Unnoted().Any() ? _services.Options.Tick * ForgetTicks : null;

    byte[] IReplicatedStateMachine.Save() => _machine.Save();

    void IReplicatedStateMachine.Restore(ReadOnlyMemory<byte> state) => _machine.Restore(state.Span);

    /// <summary>A silo that is to leave and lives stops by itself once it has nothing left; what it votes for is waited for.</summary>
    private bool IsGone(SiloNumber silo) =>
        silo != _services.Peers.Current.Own && !_services.Liveness.IsAlive(silo) && _replica.Membership.VoterOn(silo) is null;

    /// <summary>Silos, this one included, of which a newer start was heard than is noted.</summary>
    private IEnumerable<(SiloNumber Silo, SiloStart Start)> Unnoted() =>
        from silo in _machine.Silos.Present
        let start = silo == _services.Peers.Current.Own ? _services.Peers.Current.Start : _services.Liveness.StartOf(silo)
        where start.IsNewerThan(_machine.Silos.All[silo].Start)
        select (silo, start);

    /// <summary>As the leader. For each silo one word at a time.</summary>
    private void NoteStarts()
    {
        foreach (var (silo, start) in Unnoted().ToList())
        {
            if (!_noting.TryGetValue(silo, out var noting) || noting.IsCompleted)
            {
                _noting[silo] = NoteAsync(silo, start);
            }
        }
    }

    private async Task NoteAsync(SiloNumber silo, SiloStart start)
    {
        try
        {
            await _replica.ProposeAsync(new MetadataCommand { NoteStart = new NoteStart { Silo = silo.Value, Start = start.Value } }.ToByteArray());
        }
        catch (ReplicaUnavailableException)
        {
            // It leads no more. Whoever does has heard of the start, or will.
        }
    }

    private async Task<MetadataResult> ProposeAsync(MetadataCommand command) =>
        MetadataResult.Decode(await _router.ProposeAsync(GroupId.Metadata, command.ToByteArray(), EncodeResult));
}
