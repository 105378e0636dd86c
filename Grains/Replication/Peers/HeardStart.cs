namespace Bayou.Grains.Replication.Peers;

/// <summary>What a frame tells about the start of its sender.</summary>
internal enum HeardStart
{
    /// <summary>Nothing new.</summary>
    Same,

    /// <summary>The silo is heard for the first time.</summary>
    First,

    /// <summary>It was started anew since it was last heard.</summary>
    Newer,
}
