namespace Bayou.Raft;

/// <summary>
/// A membership in the form in which it is stored. All lists are in ascending order. While a joint configuration holds,
/// <see cref="VotersOutgoing"/> is not empty and every decision needs a majority of both lists of voters.
/// </summary>
public sealed record ConfState
{
    /// <summary>No members: a replica that waits to be told.</summary>
    public static readonly ConfState Empty = new();

    /// <summary>Who votes, or in a joint configuration who will go on voting.</summary>
    public IReadOnlyList<ulong> Voters { get; init; } = [];

    /// <summary>Who receives the log without a vote.</summary>
    public IReadOnlyList<ulong> Learners { get; init; } = [];

    /// <summary>Who voted before the joint configuration, and still does while it holds.</summary>
    public IReadOnlyList<ulong> VotersOutgoing { get; init; } = [];

    /// <summary>Outgoing voters that turn into learners when the joint configuration is left.</summary>
    public IReadOnlyList<ulong> LearnersNext { get; init; } = [];

    /// <summary>Whether the leader leaves the joint configuration by itself as soon as it may.</summary>
    public bool AutoLeave { get; init; }

    /// <summary>A membership of voters alone.</summary>
    public static ConfState OfVoters(params IReadOnlyList<ulong> voters) => new() { Voters = [.. voters.Order()] };

    /// <inheritdoc />
    public bool Equals(ConfState? other) =>
        other is not null
        && AutoLeave == other.AutoLeave
        && Voters.SequenceEqual(other.Voters)
        && Learners.SequenceEqual(other.Learners)
        && VotersOutgoing.SequenceEqual(other.VotersOutgoing)
        && LearnersNext.SequenceEqual(other.LearnersNext);

    /// <inheritdoc />
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        foreach (var voter in Voters)
        {
            hash.Add(voter);
        }

        hash.Add(VotersOutgoing.Count);
        hash.Add(Learners.Count);
        return hash.ToHashCode();
    }
}
