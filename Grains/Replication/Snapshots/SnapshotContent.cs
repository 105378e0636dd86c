using Bayou.Grains.Replication.Peers;
using Bayou.Grains.Replication.State;
using Bayou.Raft;
using Bayou.Storage;
using Google.Protobuf;

namespace Bayou.Grains.Replication.Snapshots;

/// <summary>What a snapshot of a group carries: the state of its replica, and which segments hold its messages.</summary>
/// <param name="State">A replica's state as <see cref="ReplicaPosition"/> encodes it.</param>
/// <param name="Manifest">The segments; <see cref="ChannelManifest.Empty"/> for a group without messages.</param>
internal readonly record struct SnapshotContent(ReadOnlyMemory<byte> State, ChannelManifest Manifest)
{
    /// <summary>A group as it stands at this moment, at its applied index.</summary>
    public static Snapshot Capture(ReplicaId replica, ReplicaPosition position, IReplicatedStateMachine machine, ChannelLog? messages)
    {
        var data = new SnapshotData { State = UnsafeByteOperations.UnsafeWrap(position.Encode(replica, machine.Save())) };
        if (messages?.Describe() is { } manifest)
        {
            data.Manifest = UnsafeByteOperations.UnsafeWrap(manifest.Encode());
        }

        return new Snapshot(position.AppliedIndex, position.AppliedTerm, position.Membership, data.ToByteArray());
    }

    public static SnapshotContent Of(Snapshot snapshot)
    {
        var data = SnapshotData.Parser.ParseFrom(snapshot.Data.Span);
        return new SnapshotContent(data.State.Memory, data.Manifest.IsEmpty ? ChannelManifest.Empty : ChannelManifest.Decode(data.Manifest.Span));
    }

    /// <summary>The same for the journal of another replica, which remembers its own id.</summary>
    public StoredSnapshot ToStored(Snapshot snapshot, ReplicaId replica)
    {
        var position = new ReplicaPosition();
        var machine = position.Restore(State, snapshot.Index, snapshot.Term, out _);
        return new StoredSnapshot(snapshot.Index, snapshot.Term, position.Encode(replica, machine), Manifest);
    }
}
