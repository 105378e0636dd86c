using Bayou.Grains.Metadata.Log;
using Bayou.Grains.Replication;
using Bayou.Records;
using Bayou.Storage;
using Google.Protobuf;

namespace Bayou.Grains.Metadata;

/// <summary>The metadata group on this silo: the channel directory and the rows of grain state.</summary>
public sealed class MetadataReplica : IReplicatedStateMachine
{
    private readonly MetadataStateMachine _machine = new();
    private readonly Replica _replica;

    internal MetadataReplica(ReplicaWorker worker, SiloStore store, RecoveredGroup? recovered)
    {
        if (recovered is { State.IsEmpty: false })
        {
            _machine.Restore(recovered.State.Span);
        }

        _replica = new Replica(GroupId.Metadata, worker, store, this, recovered);
    }

    internal Replica Replica => _replica;

    /// <summary>Reads the metadata as of everything applied so far.</summary>
    public Task<T> QueryAsync<T>(Func<MetadataStateMachine, T> read) => _replica.QueryAsync(() => read(_machine));

    /// <summary>The group of a channel, which is created if there is none; or why it may not be.</summary>
    public Task<MetadataResult> CreateChannelAsync(string name, int maxChannels) =>
        ProposeAsync(new MetadataCommand { CreateChannel = new CreateChannel { Name = name, MaxChannels = maxChannels } });

    /// <summary>Writes a row if it has <paramref name="expectedVersion"/>; 0 for a row that is not there.</summary>
    public Task<MetadataResult> PutRowAsync(string key, ulong expectedVersion, ReadOnlyMemory<byte> value) =>
        ProposeAsync(new MetadataCommand
        {
            PutRow = new PutRow { Key = key, ExpectedVersion = expectedVersion, Value = ByteString.CopyFrom(value.Span) },
        });

    /// <summary>Removes a row if it has <paramref name="expectedVersion"/>.</summary>
    public Task<MetadataResult> RemoveRowAsync(string key, ulong expectedVersion) =>
        ProposeAsync(new MetadataCommand { RemoveRow = new RemoveRow { Key = key, ExpectedVersion = expectedVersion } });

    /// <summary>Waits until this replica leads and everything from before the start is applied.</summary>
    internal Task ReadyAsync() => PutRowAsync(string.Empty, ulong.MaxValue, ReadOnlyMemory<byte>.Empty);

    object? IReplicatedStateMachine.Apply(ulong index, ReadOnlyMemory<byte> command) =>
        _machine.Apply(MetadataCommand.Parser.ParseFrom(command.Span));

    void IReplicatedStateMachine.OnApplied()
    {
    }

    void IReplicatedStateMachine.OnLeading(ulong term)
    {
    }

    byte[] IReplicatedStateMachine.Save() => _machine.Save();

    private async Task<MetadataResult> ProposeAsync(MetadataCommand command) =>
        (MetadataResult)(await _replica.ProposeAsync(command.ToByteArray()))!;
}
