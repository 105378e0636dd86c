using Bayou.Grains.Replication.Peers;
using Bayou.Grains.Replication.Peers.Wire;
using Bayou.Storage;
using Google.Protobuf;

namespace Bayou.Grains.Replication.Snapshots;

/// <summary>Answers a request for a piece of a segment, away from the worker: the piece may have to come from a slow disk.</summary>
internal sealed class ChunkServer(IReplicaScheduler scheduler)
{
    /// <summary>Nobody asks for more at a time.</summary>
    private const int MaxChunkBytes = 4 << 20;

    public void Serve(Replica replica, SiloNumber target, ChunkRequest request)
    {
        replica.OnChunkServed(target);
        scheduler.RunLong(() => ServeAsync(replica, target, request));
    }

    private static Task ServeAsync(Replica replica, SiloNumber target, ChunkRequest request)
    {
        var chunk = new Chunk { Group = request.Group, Request = request.Request };
        if (Read(replica.Messages, request) is { } data)
        {
            chunk.Data = UnsafeByteOperations.UnsafeWrap(data);
        }
        else
        {
            chunk.IsGone = true;
        }

        replica.Post(new Reply(replica, target, chunk));
        return Task.CompletedTask;
    }

    /// <summary>The piece; null if the segment was trimmed, never was here, or is damaged.</summary>
    private static byte[]? Read(ChannelLog? messages, ChunkRequest request)
    {
        if (messages is null || request.Length is <= 0 or > MaxChunkBytes)
        {
            return null;
        }

        try
        {
            var data = new byte[request.Length];
            return messages.TryRead(request.Segment, request.Offset, data) ? data : null;
        }
        catch (Exception exception) when (exception is StorageCorruptException or ArgumentOutOfRangeException)
        {
            return null;
        }
    }

    private sealed class Reply(Replica replica, SiloNumber target, Chunk chunk) : ReplicaTask(replica)
    {
        protected override void Run() => Replica.Send(target, PeerLane.Bulk, FrameItem.Chunk, chunk);
    }
}
