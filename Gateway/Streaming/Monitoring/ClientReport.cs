using Bayou.Grains.Interfaces.Messages;

namespace Bayou.Gateway.Streaming.Monitoring;

/// <summary>A session in <c>/streaming/clientsz</c>.</summary>
internal sealed record ClientReport
{
    public required string Id { get; init; }
    public required string HbInbox { get; init; }
    public int SubsCount { get; init; }

    /// <summary>By channel; left out when not asked for, or when there are none.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<MemberReport>?>? Subscriptions { get; init; }

    public static ClientReport Of(ClientFigures figures) => new()
    {
        Id = figures.Id,
        HbInbox = figures.HeartbeatInbox,
        SubsCount = figures.SubscriptionCount,
        Subscriptions = figures.Subscriptions.Count == 0
            ? null
            : new OrderedDictionary<string, IReadOnlyList<MemberReport>?>(
                figures.Subscriptions.Select(static one => KeyValuePair.Create(one.Channel, MemberReport.List(one.Subscriptions)))),
    };
}
