using Bayou.Grains.Interfaces.Messages;

namespace Bayou.Gateway.Streaming.Monitoring;

/// <summary>A receiver, or a durable without one, in <c>/streaming/channelsz</c> and <c>clientsz</c>. The ack wait is in seconds.</summary>
internal sealed record MemberReport
{
    public required string ClientId { get; init; }
    public required string Inbox { get; init; }
    public required string AckInbox { get; init; }

    /// <summary>Left out for queue groups: their durable name is part of <see cref="QueueName"/>.</summary>
    public string? DurableName { get; init; }

    public string? QueueName { get; init; }
    public bool IsDurable { get; init; }
    public bool IsOffline { get; init; }
    public int MaxInflight { get; init; }
    public int AckWait { get; init; }
    public ulong LastSent { get; init; }
    public long PendingCount { get; init; }
    public bool IsStalled { get; init; }

    /// <summary>Null, and so left out of the page, where there are none.</summary>
    public static IReadOnlyList<MemberReport>? List(IReadOnlyList<MemberView> views) =>
        views.Count == 0 ? null : [.. views.Select(Of)];

    private static MemberReport Of(MemberView view) => new()
    {
        ClientId = view.ClientId,
        Inbox = view.Inbox,
        AckInbox = view.AckInbox,
        DurableName = view.DurableName.Length > 0 ? view.DurableName : null,
        QueueName = view.QueueName.Length > 0 ? view.QueueName : null,
        IsDurable = view.IsDurable,
        IsOffline = view.IsOffline,
        MaxInflight = view.MaxInFlight,
        AckWait = view.AckWaitSeconds,
        LastSent = view.LastSent,
        PendingCount = view.PendingCount,
        IsStalled = view.IsStalled,
    };
}
