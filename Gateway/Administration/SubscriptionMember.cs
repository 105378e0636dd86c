using Bayou.Grains.Interfaces.Messages;

namespace Bayou.Gateway.Administration;

/// <summary>A receiver of a subscription. The ack wait is in seconds.</summary>
internal sealed record SubscriptionMember(
    string ClientId, string Inbox, ulong LastSent, long Pending, int MaxInFlight, int AckWait, bool Stalled)
{
    public static SubscriptionMember Of(MemberView view) =>
        new(view.ClientId, view.Inbox, view.LastSent, view.PendingCount, view.MaxInFlight, view.AckWaitSeconds, view.IsStalled);
}
