using Bayou.Raft;

namespace Bayou.Grains.Replication;

/// <summary>Who the metadata wants to be a member of a group: replica ids, voters and learners.</summary>
internal sealed record WantedMembers(IReadOnlyList<ulong> Voters, IReadOnlyCollection<ulong> Learners)
{
    /// <summary>Members of before of which the metadata waits to hear that the group has let go of them.</summary>
    public IReadOnlyList<ulong> Leaving { get; init; } = [];

    /// <summary>The group has just the members that it should have.</summary>
    public bool AreMet(ConfState current) =>
        current.VotersOutgoing.Count == 0
        && current.Voters.Count == Voters.Count && Voters.All(current.Voters.Contains)
        && current.Learners.Count == Learners.Count && Learners.All(current.Learners.Contains);
}
