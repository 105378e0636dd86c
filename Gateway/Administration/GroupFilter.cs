using Bayou.Gateway.Monitoring;
using Bayou.Grains.Interfaces.Administration;
using Microsoft.AspNetCore.Http;

namespace Bayou.Gateway.Administration;

/// <summary>Which groups <c>/bayou/groups</c> is asked for.</summary>
internal sealed record GroupFilter(int Offset, int Limit, Func<GroupSummary, bool> Matches)
{
    private const int DefaultLimit = 1024;

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
        string? state = query["state"];
        string? channel = query["channel"];
        Func<GroupSummary, bool> isOfState = static _ => true;
        if (!string.IsNullOrEmpty(state) && !States.TryGetValue(state, out isOfState!))
        {
            throw new MonitoringQueryException($"There is no state \"{state}\". Allowed are: {string.Join(", ", States.Keys)}");
        }

        return new GroupFilter(
            Math.Max(0, query.GetInt("offset")),
            query.GetInt("limit") is var limit and > 0 ? limit : DefaultLimit,
            group => isOfState(group) && (string.IsNullOrEmpty(channel) || group.Channel == channel));
    }
}
