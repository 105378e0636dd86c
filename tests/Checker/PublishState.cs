namespace Bayou.Checker;

/// <summary>What is known of one publish, in 24 bytes.</summary>
internal struct PublishState
{
    /// <summary>Where it is stored; 0 while nobody has said.</summary>
    public ulong Sequence;

    /// <summary>Position of its beginning in the history, from 1; 0 if it never began.</summary>
    public uint PublishedAt;

    /// <summary>Position of its acknowledgement; 0 for none.</summary>
    public uint AcknowledgedAt;

    /// <summary>Content that was published.</summary>
    public uint Hash;

    public ushort Channel;

    public bool IsRefused;

    public bool IsResent;

    /// <summary>A reader has seen it; otherwise its sequence is what the acknowledgement said.</summary>
    public bool IsSeen;

    public readonly bool IsAcknowledged => AcknowledgedAt != 0;
}
