using System.Text;
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
}
