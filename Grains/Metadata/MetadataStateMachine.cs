using Bayou.Grains.Metadata.Log;
using Bayou.Grains.Replication.Peers;
using Bayou.Records;
using Bayou.Storage;
using Google.Protobuf;

namespace Bayou.Grains.Metadata;

/// <summary>
/// What the entries of the metadata group amount to: the silos, the channels and where they are, and the rows of grain state. Pure.
/// </summary>
public sealed class MetadataStateMachine
{
    /// <summary>More voters would make the metadata slower without making it safer in practice.</summary>
    private const int MaxVoters = 5;

    private readonly SiloRegistry _silos = new();
    private readonly ChannelDirectory _channels = new();
    private readonly SortedDictionary<string, MetadataRow> _rows = new(StringComparer.Ordinal);
    private List<ulong> _voters = [];
    private ulong _nextVersion = 1;

    public IReadOnlyDictionary<string, ChannelPlacement> Channels => _channels.Channels;

    public IReadOnlyDictionary<string, MetadataRow> Rows => _rows;

    /// <summary>Raised by every change of silos, channels or replicas, so that a reader can tell whether to look again.</summary>
    public ulong PlacementVersion { get; private set; }

    /// <summary>The streaming cluster's id, as it was when the cluster was founded.</summary>
    internal string StreamingId { get; private set; } = string.Empty;

    internal SiloRegistry Silos => _silos;

    /// <summary>Replicas of the metadata group that are to vote.</summary>
    internal IReadOnlyList<ulong> Voters => _voters;

    /// <summary>Replicas of the metadata group that are to learn without a vote.</summary>
    internal IEnumerable<ulong> Learners =>
        _silos.Present.Where(silo => !HasVote(silo)).Select(silo => new ReplicaId(silo).Value);

    /// <summary>Silos that are to leave and have nothing left to see to: no replica of a channel, and no vote.</summary>
    internal IEnumerable<SiloNumber> Vacated => _silos.Leaving.Where(silo => !HasVote(silo) && !_channels.IsUsed(silo));

    public ChannelPlacement? Find(GroupId group) => _channels.Find(group);

    /// <summary>There was a channel of this group, and there never will be again.</summary>
    internal bool IsDeleted(GroupId group) => _channels.IsDeleted(group);

    /// <summary>The state that a cluster begins with: its founders, numbered in the order given.</summary>
    internal static MetadataStateMachine Found(IEnumerable<PeerIdentity> founders, string streamingId)
    {
        var machine = new MetadataStateMachine { StreamingId = streamingId };
        foreach (var founder in founders)
        {
            machine.Register(founder, SiloNumber.None);
        }

        machine._silos.NoteFounders();
        return machine;
    }

    /// <summary>Takes one command and says what came of it.</summary>
    internal MetadataResult Apply(MetadataCommand command)
    {
        switch (command.CommandCase)
        {
            case MetadataCommand.CommandOneofCase.CreateChannel:
                PlacementVersion++;
                return _channels.Create(command.CreateChannel, _silos.Active);
            case MetadataCommand.CommandOneofCase.DeleteChannel:
                PlacementVersion++;
                _channels.Delete(new GroupId(command.DeleteChannel.Group));
                return MetadataResult.Of(new GroupId(command.DeleteChannel.Group));
            case MetadataCommand.CommandOneofCase.PutRow:
                return Put(command.PutRow);
            case MetadataCommand.CommandOneofCase.RemoveRow:
                return Remove(command.RemoveRow);
            case MetadataCommand.CommandOneofCase.RegisterSilo:
                PlacementVersion++;
                return Register(
                    new PeerIdentity(command.RegisterSilo.Name, new Guid(command.RegisterSilo.Silo.Span)), new SiloNumber(command.RegisterSilo.Replaced));
            case MetadataCommand.CommandOneofCase.RenewReplica:
                PlacementVersion++;
                return Renew(new GroupId(command.RenewReplica.Group), new ReplicaId(command.RenewReplica.Replica));
            case MetadataCommand.CommandOneofCase.SettleGroup:
                PlacementVersion++;
                _channels.Settle(new GroupId(command.SettleGroup.Group), command.SettleGroup.Replicas);
                return MetadataResult.Of(new GroupId(command.SettleGroup.Group));
            case MetadataCommand.CommandOneofCase.RemoveSilo:
                return ChangeSilo(command.RemoveSilo.Silo, Remove);
            case MetadataCommand.CommandOneofCase.AdmitSilo:
                return ChangeSilo(command.AdmitSilo.Silo, Admit);
            case MetadataCommand.CommandOneofCase.DrainSilo:
                return ChangeSilo(command.DrainSilo.Silo, Drain);
            case MetadataCommand.CommandOneofCase.ForgetSilo:
                return ChangeSilo(command.ForgetSilo.Silo, Forget);
            case MetadataCommand.CommandOneofCase.NoteStart:
                return NoteStart(new SiloNumber(command.NoteStart.Silo), new SiloStart(command.NoteStart.Start));
            default:
                throw new InvalidOperationException($"The metadata log holds a command unknown here: {command.CommandCase}.");
        }
    }

    /// <summary>What would come of a command; nothing changes here.</summary>
    internal MetadataStateMachine Preview(MetadataCommand command, out MetadataResult result)
    {
        var copy = Copy();
        result = copy.Apply(command);
        return copy;
    }

    /// <summary>The silos and the channels as they are now, for a reader on another thread; without the rows of grain state.</summary>
    internal MetadataStateMachine Copy()
    {
        var copy = new MetadataStateMachine();
        copy.Restore(Save(withRows: false));
        return copy;
    }

    internal void Restore(ReadOnlySpan<byte> bytes)
    {
        var state = MetadataState.Parser.ParseFrom(bytes);
        _channels.Restore(state);
        _silos.Restore(state);
        _voters = [.. state.Voters];
        _nextVersion = state.NextVersion;
        StreamingId = state.StreamingId;
        _rows.Clear();
        foreach (var row in state.Rows)
        {
            _rows.Add(row.Key, new MetadataRow(row.Version, row.Value.Memory));
        }

        PlacementVersion++;
    }

    internal byte[] Save() => Save(withRows: true);

    private byte[] Save(bool withRows)
    {
        var state = new MetadataState { NextVersion = _nextVersion, StreamingId = StreamingId };
        _channels.Save(state);
        _silos.Save(state);
        state.Voters.Add(_voters);
        foreach (var (key, row) in withRows ? _rows : [])
        {
            state.Rows.Add(new RowRecord { Key = key, Version = row.Version, Value = UnsafeByteOperations.UnsafeWrap(row.Value) });
        }

        return state.ToByteArray();
    }

    private MetadataResult Register(PeerIdentity identity, SiloNumber expected)
    {
        if (_silos.Find(identity.Silo) is var known && known != SiloNumber.None)
        {
            return MetadataResult.Of(known);
        }

        if (_silos.BearerOf(identity.Name) != expected)
        {
            return MetadataResult.Of(SiloNumber.None);
        }

        var number = _silos.Add(identity, out var replaced);
        var replica = new ReplicaId(number).Value;
        if (replaced != SiloNumber.None)
        {
            _channels.Replace(replaced, number);
            _voters = [.. _voters.Select(voter => new ReplicaId(voter).Silo == replaced ? replica : voter)];
        }
        else
        {
            _channels.Extend(number);
            ElectVoters();
        }

        return MetadataResult.Of(number);
    }

    private MetadataResult NoteStart(SiloNumber silo, SiloStart start)
    {
        if (_silos.NoteStart(silo, start))
        {
            PlacementVersion++;
        }

        return MetadataResult.Of(silo);
    }

    private bool HasVote(SiloNumber silo) => _voters.Exists(voter => new ReplicaId(voter).Silo == silo);

    private MetadataResult ChangeSilo(ulong number, Func<SiloNumber, SiloRegistry.SiloEntry, MetadataResult> change)
    {
        PlacementVersion++;
        var silo = new SiloNumber(number);
        return _silos.All.TryGetValue(silo, out var entry)
            ? change(silo, entry)
            : MetadataResult.Refused($"There is no silo {silo}.");
    }

    /// <summary>One at a time: the groups of a silo that leaves must not count on another one that does.</summary>
    private MetadataResult Remove(SiloNumber silo, SiloRegistry.SiloEntry entry)
    {
        if (entry.IsGone || entry.IsLeaving)
        {
            return MetadataResult.Of(silo);
        }

        if (_silos.Leaving.FirstOrDefault() is var other && other != SiloNumber.None)
        {
            return MetadataResult.Refused($"Silo {_silos.All[other].Identity.Name} is being removed; only one at a time can be.");
        }

        if (_silos.Active.All(active => active == silo))
        {
            return MetadataResult.Refused($"Silo {entry.Identity.Name} is the last one.");
        }

        _silos.Change(silo, known => known with { IsLeaving = true });
        _channels.Vacate(silo, _silos.Active);
        _voters.RemoveAll(voter => new ReplicaId(voter).Silo == silo);
        ElectVoters();
        return MetadataResult.Of(silo);
    }

    private MetadataResult Admit(SiloNumber silo, SiloRegistry.SiloEntry entry)
    {
        if (entry.IsGone)
        {
            return MetadataResult.Refused($"Silo {silo} was removed, or replaced. Start the server with an empty data directory, and it joins anew.");
        }

        _silos.Change(silo, known => known with { IsLeaving = false, IsDrained = false });
        _channels.Fill(silo, _silos.Active);
        ElectVoters();
        return MetadataResult.Of(silo);
    }

    private MetadataResult Drain(SiloNumber silo, SiloRegistry.SiloEntry entry)
    {
        if (entry.IsGone)
        {
            return MetadataResult.Refused($"Silo {silo} was removed, or replaced.");
        }

        _silos.Change(silo, known => known with { IsDrained = true });
        return MetadataResult.Of(silo);
    }

    private MetadataResult Forget(SiloNumber silo, SiloRegistry.SiloEntry entry)
    {
        if (Vacated.Contains(silo))
        {
            _silos.Change(silo, known => known with { IsGone = true, IsLeaving = false });
        }

        return MetadataResult.Of(silo);
    }

    /// <summary>Votes that are free go to silos that stay, by their numbers.</summary>
    private void ElectVoters() =>
        _voters.AddRange(_silos.Active.Where(silo => !HasVote(silo)).Take(Math.Max(0, MaxVoters - _voters.Count)).Select(silo => new ReplicaId(silo).Value).ToList());

    private MetadataResult Renew(GroupId group, ReplicaId replica)
    {
        _channels.Renew(group, replica);
        return MetadataResult.Of(group);
    }

    private MetadataResult Put(PutRow command)
    {
        if (CurrentVersion(command.Key) != command.ExpectedVersion)
        {
            return MetadataResult.Conflict(CurrentVersion(command.Key));
        }

        var version = _nextVersion++;
        _rows[command.Key] = new MetadataRow(version, command.Value.Memory);
        return MetadataResult.Of(version);
    }

    private MetadataResult Remove(RemoveRow command)
    {
        var current = CurrentVersion(command.Key);
        if (current != command.ExpectedVersion)
        {
            return MetadataResult.Conflict(current);
        }

        _rows.Remove(command.Key);
        return MetadataResult.Of(0);
    }

    private ulong CurrentVersion(string key) => _rows.TryGetValue(key, out var row) ? row.Version : 0;
}
