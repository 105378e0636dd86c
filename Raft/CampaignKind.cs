namespace Bayou.Raft;

/// <summary>The stages of an election.</summary>
internal enum CampaignKind : byte
{
    /// <summary>Would I win? Terms stay as they are.</summary>
    PreElection,

    /// <summary>A campaign in a new term.</summary>
    Election,

    /// <summary>A campaign in a new term at the leader's own wish, which overrides its lease.</summary>
    Transfer,
}
