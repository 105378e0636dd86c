using Bayou.Gateway.Monitoring;
using Bayou.Grains.Interfaces.Administration;
using Microsoft.AspNetCore.Http;

namespace Bayou.Gateway.Administration;

/// <summary>Which groups <c>/bayou/groups</c> is asked for.</summary>
internal sealed record GroupFilter(int Offset, int Limit, Func<GroupSummary, bool> Matches)
{
    private static readonly SortedDictionary<string, Func<GroupSummary, bool>> States = new(StringComparer.Ordinal)
    {
        ["damaged"] = group => group.Damaged,
        ["moving"] = group => group.Moving,
        ["no_leader"] = group => group.Leader is null,
        ["no_quorum"] = group => !group.Quorum,
        ["under_replicated"] = group => group.UnderReplicated,
    };

    /// <exception cref="MonitoringQueryException">The query asks for what there is not.</exception>
    public static GroupFilter Parse(IQueryCollection query)
    {
        string? channel = query["channel"];
        query.TryGetState(States, out var isOfState);
        var (offset, limit) = query.GetPage();
        return new GroupFilter(
            offset, limit, group => (isOfState is null || isOfState(group)) && (string.IsNullOrEmpty(channel) || group.Channel == channel));
    }
}
