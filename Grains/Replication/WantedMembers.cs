namespace Bayou.Grains.Replication;

/// <summary>Who the metadata wants to be a member of a group: replica ids, voters and learners.</summary>
internal sealed record WantedMembers(IReadOnlyList<ulong> Voters, IReadOnlyCollection<ulong> Learners);
