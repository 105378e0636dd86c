using Bayou.Grains.Channels;
using Bayou.Grains.Interfaces.Messages;

namespace Bayou.Grains.Subscriptions;

/// <summary>What the channel's log knew of a subscription at one moment, copied so that it may be read on any thread.</summary>
internal sealed record SubscriptionSnapshot(
    bool IsQueueGroup, ulong LastSent, ulong ReservedTo, IReadOnlyList<SequenceRange> Pending, IReadOnlyList<MemberState> Members)
{
    public static SubscriptionSnapshot? Of(SubscriptionState? state) => state is null
        ? null
        : new(state.IsQueueGroup, state.LastSent, state.ReservedTo, [.. state.Pending.Ranges], [.. state.Members]);
}
