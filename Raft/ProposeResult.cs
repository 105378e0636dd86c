namespace Bayou.Raft;

/// <summary>What became of a proposal.</summary>
/// <param name="Outcome">Whether it is in the log.</param>
/// <param name="FirstIndex">The index of its first entry, if accepted; the rest of a batch follows without gaps.</param>
/// <param name="Term">The term of its entries, if accepted. Only an entry of this term at that index is this proposal.</param>
public readonly record struct ProposeResult(ProposeOutcome Outcome, ulong FirstIndex = 0, ulong Term = 0)
{
    /// <summary>Whether it is in this leader's log.</summary>
    public bool IsAccepted => Outcome == ProposeOutcome.Accepted;
}
