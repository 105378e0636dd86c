namespace Bayou.Raft.Quorum;

/// <summary>What each voter has answered.</summary>
internal interface IBallots
{
    /// <summary>Yes, no, or null while the voter has not answered.</summary>
    bool? AnswerOf(ulong voter);
}
