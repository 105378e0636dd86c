namespace Bayou.Raft;

/// <summary>
/// What a replica must have on stable storage before it acts on it. Losing <see cref="Commit"/> alone is harmless;
/// losing <see cref="Term"/> or <see cref="Vote"/> allows two leaders in one term.
/// </summary>
/// <param name="Term">The latest term this replica has seen.</param>
/// <param name="Vote">Whom it voted for in that term; 0 for nobody yet, <see cref="Nobody"/> if it must not vote in it.</param>
/// <param name="Commit">The highest index it knows to be committed.</param>
public readonly record struct HardState(ulong Term, ulong Vote, ulong Commit)
{
    /// <summary>As a vote: given to nobody, and not to be given any more in this term. No replica has this id.</summary>
    public const ulong Nobody = ulong.MaxValue - 2;

    /// <summary>Whether this is the state of a replica that never took part in anything.</summary>
    public bool IsEmpty => this == default;
}
