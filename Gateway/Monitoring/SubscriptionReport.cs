using System.Text;
using Bayou.Gateway.Routes;
using Bayou.Gateway.Routing;

namespace Bayou.Gateway.Monitoring;

/// <summary>One subscription in <c>/connz</c> and <c>/subsz</c>.</summary>
internal sealed record SubscriptionReport
{
    public string? Account { get; init; }
    public required string Subject { get; init; }
    public string? Qgroup { get; init; }
    public required string Sid { get; init; }
    public long Msgs { get; init; }
    public long? Max { get; init; }
    public ulong Cid { get; init; }

    public static SubscriptionReport Of(ClientSubscription subscription, string? account) => new()
    {
        Account = account,
        Subject = Encoding.UTF8.GetString(subscription.Subject),
        Qgroup = subscription.QueueGroup is { } group ? Encoding.UTF8.GetString(group) : null,
        Sid = Encoding.UTF8.GetString(subscription.Sid),
        Msgs = subscription.DeliveredCount,
        Max = subscription.MaxDeliveries > 0 ? subscription.MaxDeliveries : null,
        Cid = subscription.Connection.Id.Value,
    };

    /// <summary>What another server wants; its sid is made up of account, subject and queue group.</summary>
    public static SubscriptionReport Of(RouteSubscription subscription) => new()
    {
        Subject = Encoding.UTF8.GetString(subscription.Subject),
        Qgroup = subscription.QueueGroup is { } group ? Encoding.UTF8.GetString(group) : null,
        Sid = $"{ConnzPage.Account} {Encoding.UTF8.GetString(InterestKey.Of(subscription.Subject, subscription.QueueGroup))}",
        Cid = subscription.Route.Id.Value,
    };
}
