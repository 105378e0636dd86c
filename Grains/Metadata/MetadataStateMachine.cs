using Bayou.Grains.Metadata.Log;
using Bayou.Records;
using Google.Protobuf;

namespace Bayou.Grains.Metadata;

/// <summary>
/// What the entries of the metadata group amount to: which channels exist, and the rows of grain state. Pure.
/// Invariants: channel names differ by more than letter case; a group is given to one channel only and never again.
/// </summary>
public sealed class MetadataStateMachine
{
    private readonly SortedDictionary<string, GroupId> _channels = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _namesByFoldedName = new(StringComparer.OrdinalIgnoreCase);
    private readonly SortedDictionary<string, MetadataRow> _rows = new(StringComparer.Ordinal);
    private ulong _nextGroup = GroupId.Metadata.Value + 1;
    private ulong _nextVersion = 1;

    public IReadOnlyDictionary<string, GroupId> Channels => _channels;

    public IReadOnlyDictionary<string, MetadataRow> Rows => _rows;

    /// <summary>Takes one command and says what came of it.</summary>
    internal MetadataResult Apply(MetadataCommand command) => command.CommandCase switch
    {
        MetadataCommand.CommandOneofCase.CreateChannel => Create(command.CreateChannel),
        MetadataCommand.CommandOneofCase.PutRow => Put(command.PutRow),
        MetadataCommand.CommandOneofCase.RemoveRow => Remove(command.RemoveRow),
        _ => throw new InvalidOperationException($"The metadata log holds a command unknown here: {command.CommandCase}."),
    };

    internal void Restore(ReadOnlySpan<byte> bytes)
    {
        var state = MetadataState.Parser.ParseFrom(bytes);
        _nextGroup = state.NextGroup;
        _nextVersion = state.NextVersion;
        foreach (var channel in state.Channels)
        {
            _channels.Add(channel.Name, new GroupId(channel.Group));
            _namesByFoldedName.Add(channel.Name, channel.Name);
        }

        foreach (var row in state.Rows)
        {
            _rows.Add(row.Key, new MetadataRow(row.Version, row.Value.Memory));
        }
    }

    internal byte[] Save()
    {
        var state = new MetadataState { NextGroup = _nextGroup, NextVersion = _nextVersion };
        foreach (var (name, group) in _channels)
        {
            state.Channels.Add(new ChannelRecord { Name = name, Group = group.Value });
        }

        foreach (var (key, row) in _rows)
        {
            state.Rows.Add(new RowRecord { Key = key, Version = row.Version, Value = UnsafeByteOperations.UnsafeWrap(row.Value) });
        }

        return state.ToByteArray();
    }

    private MetadataResult Create(CreateChannel command)
    {
        if (_channels.TryGetValue(command.Name, out var existing))
        {
            return MetadataResult.Of(existing);
        }

        if (_namesByFoldedName.TryGetValue(command.Name, out var other))
        {
            return MetadataResult.Refused(ChannelErrors.CaseClash(command.Name, other));
        }

        if (command.MaxChannels > 0 && _channels.Count >= command.MaxChannels)
        {
            return MetadataResult.Refused(ChannelErrors.TooManyChannels);
        }

        var group = new GroupId(_nextGroup++);
        _channels.Add(command.Name, group);
        _namesByFoldedName.Add(command.Name, command.Name);
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
