namespace Bayou.Grains.Replication.Peers;

/// <summary>What stands in a frame. The values are the wire's.</summary>
internal enum FrameItem : byte
{
    /// <summary>A message of one group's consensus.</summary>
    Raft = 1,

    /// <summary>A silo is alive.</summary>
    Heartbeat = 2,

    /// <summary>A silo's part in forming a cluster, or in joining one.</summary>
    Formation = 3,

    /// <summary>Asks for a piece of a segment.</summary>
    ChunkRequest = 4,

    /// <summary>A piece of a segment, or that it is gone.</summary>
    Chunk = 5,

    /// <summary>A damaged replica asks how far the others' logs go.</summary>
    LogStatusRequest = 6,

    /// <summary>How far a log goes.</summary>
    LogStatus = 7,

    /// <summary>A command for a group that is led elsewhere.</summary>
    Command = 8,

    /// <summary>What became of it.</summary>
    CommandResult = 9,

    /// <summary>A follower could not install a snapshot.</summary>
    SnapshotFailed = 10,

    /// <summary>Asks which segments a replica has.</summary>
    ManifestRequest = 11,

    /// <summary>Which segments a replica has.</summary>
    Manifest = 12,

    /// <summary>A batch of a gateway, for a channel that is led elsewhere.</summary>
    Publish = 13,

    /// <summary>What became of it.</summary>
    PublishAnswer = 14,
}
