using Bayou.Grains.Interfaces.Administration;

namespace Bayou.Gateway.Administration;

/// <summary>How many groups there are, and how many of them need attention.</summary>
internal sealed record GroupCounts(int Total, int WithoutQuorum, int WithoutLeader, int UnderReplicated, int Moving, int Damaged)
{
    public static GroupCounts Of(IReadOnlyCollection<GroupSummary> groups) => new(
        groups.Count,
        groups.Count(group => !group.Quorum),
        groups.Count(group => group.Leader is null),
        groups.Count(group => group.UnderReplicated),
        groups.Count(group => group.Moving),
        groups.Count(group => group.Damaged));
}
