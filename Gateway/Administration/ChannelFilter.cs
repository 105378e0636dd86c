using Bayou.Gateway.Monitoring;
using Bayou.Grains.Interfaces;
using Microsoft.AspNetCore.Http;

namespace Bayou.Gateway.Administration;

/// <summary>Which channels a page is asked for.</summary>
internal sealed record ChannelFilter(string Pattern, int Offset, int Limit)
{
    /// <exception cref="MonitoringQueryException">The query asks for what there is not.</exception>
    public static ChannelFilter Parse(IQueryCollection query)
    {
        string? pattern = query["channel"];
        if (!string.IsNullOrEmpty(pattern) && !ChannelPattern.IsValid(pattern))
        {
            throw new MonitoringQueryException(
                $"\"{pattern}\" is neither a channel nor a pattern. Allowed are: tokens separated by dots; * in the place of one token; > in the place of the last ones");
        }

        var (offset, limit) = query.GetPage();
        return new ChannelFilter(string.IsNullOrEmpty(pattern) ? ChannelPattern.All : pattern, offset, limit);
    }
}
