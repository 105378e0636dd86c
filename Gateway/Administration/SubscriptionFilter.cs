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
        string? client = query["client"];
        var isOfOneState = query.TryGetState(States, out var wanted);
        var isDurable = query.GetBool("durable");
        return subscription =>
            (!isOfOneState || subscription.State == wanted)
            && (string.IsNullOrEmpty(client) || subscription.Members.Any(member => member.ClientId == client))
            && (!isDurable || subscription.DurableName is not null);
    }
}
