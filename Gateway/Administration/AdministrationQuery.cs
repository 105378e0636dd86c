using Bayou.Gateway.Monitoring;
using Microsoft.AspNetCore.Http;

namespace Bayou.Gateway.Administration;

/// <summary>What the queries of several pages under <c>/bayou</c> have in common.</summary>
internal static class AdministrationQuery
{
    private const int DefaultLimit = 1024;

    /// <summary>Which part of a list is asked for.</summary>
    public static (int Offset, int Limit) GetPage(this IQueryCollection query) =>
        (Math.Max(0, query.GetInt("offset")), query.GetInt("limit") is var limit and > 0 ? limit : DefaultLimit);

    /// <summary>What belongs to the state that is asked for; false if none is.</summary>
    /// <exception cref="MonitoringQueryException">There is no such state.</exception>
    public static bool TryGetState<T>(this IQueryCollection query, IReadOnlyDictionary<string, T> states, out T? found)
    {
        found = default;
        string? state = query["state"];
        if (string.IsNullOrEmpty(state))
        {
            return false;
        }

        return states.TryGetValue(state, out found)
            ? true
            : throw new MonitoringQueryException($"There is no state \"{state}\". Allowed are: {string.Join(", ", states.Keys)}");
    }
}
