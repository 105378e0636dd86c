using Bayou.Grains.Channels;
using Bayou.Grains.Interfaces.Messages;
using Bayou.Records;

namespace Bayou.Grains.Monitoring;

/// <summary>What a channel's log knows of a subscription, copied so that it may be read while the channel goes on.</summary>
internal sealed record SubscriptionSummary
{
    public required GroupId Group { get; init; }

    public required ulong Number { get; init; }

    public required IReadOnlyList<MemberState> Members { get; init; }

    /// <summary>What the log knows, where nobody is there to say more.</summary>
    public SubscriptionFigures Logged => new(LastSent, PendingCount, []);

    private MemberState? LastMember { get; init; }

    private string DurableName { get; init; } = string.Empty;

    private string QueueGroup { get; init; } = string.Empty;

    private ulong LastSent { get; init; }

    private long PendingCount { get; init; }

    public static SubscriptionSummary Of(SubscriptionState subscription, GroupId group) => new()
    {
        Group = group,
        Number = subscription.Number,
        Members = [.. subscription.Members],
        LastMember = subscription.LastMember,
        DurableName = subscription.DurableName,
        QueueGroup = subscription.QueueGroup,
        LastSent = subscription.LastSent,
        PendingCount = (long)subscription.Pending.Count,
    };

    /// <summary>A durable without a receiver, under the name of the client that left last; null where there is nothing to show.</summary>
    public MemberView? ViewOffline() => LastMember is { } last && Members.Count == 0
        ? View(last, LastSent, PendingCount, PendingCount >= last.MaxInFlight) with
        {
            IsOffline = true,
            SubscriptionLastSent = LastSent,
            SubscriptionPendingCount = PendingCount,
        }
        : null;

    /// <summary>A receiver, with what its subscription says of it now.</summary>
    public MemberView View(MemberState member, SubscriptionFigures figures)
    {
        var live = figures.Members.FirstOrDefault(candidate => candidate.Member == member.Id);
        var lastSent = QueueGroup.Length > 0 ? live?.LastSent ?? 0 : figures.LastSent;
        return View(member, lastSent, live?.PendingCount ?? 0, live?.IsStalled ?? false) with
        {
            SubscriptionLastSent = figures.LastSent,
            SubscriptionPendingCount = figures.PendingCount,
        };
    }

    private MemberView View(MemberState member, ulong lastSent, long pendingCount, bool isStalled) => new(
        member.Client.Value,
        member.Inbox,
        member.AckInboxOf(Group, Number).ToString(),
        QueueGroup.Length > 0 ? string.Empty : DurableName,
        QueueGroup.Length > 0 && DurableName.Length > 0 ? $"{DurableName}:{QueueGroup}" : QueueGroup,
        DurableName.Length > 0,
        IsOffline: false,
        member.MaxInFlight,
        (int)member.AckWait.TotalSeconds,
        lastSent,
        pendingCount,
        isStalled)
    {
        Subscription = Number,
    };
}
