using Bayou.Gateway.Monitoring;
using Microsoft.AspNetCore.Http;

namespace Bayou.Gateway.Administration;

/// <summary>Which subscriptions <c>/bayou/subscriptions</c> is asked for.</summary>
internal static class SubscriptionFilter
{
    private static readonly IReadOnlyDictionary<string, SubscriptionState> States = Enum.GetValues<SubscriptionState>()
        .ToDictionary(static state => state.ToString().ToLowerInvariant());

    /// <exception cref="MonitoringQueryException">The query asks for what there is not.</exception>
    public static Func<ChannelSubscription, bool> Parse(IQueryCollection query)
    {
        string? state = query["state"];
        string? client = query["client"];
        SubscriptionState wanted = default;
        if (!string.IsNullOrEmpty(state) && !States.TryGetValue(state, out wanted))
        {
            throw new MonitoringQueryException($"There is no state \"{state}\". Allowed are: {string.Join(", ", States.Keys)}");
        }

        var isDurable = query.GetBool("durable");
        return subscription =>
            (string.IsNullOrEmpty(state) || subscription.State == wanted)
            && (string.IsNullOrEmpty(client) || subscription.Members.Any(member => member.ClientId == client))
            && (!isDurable || subscription.DurableName is not null);
    }
}
