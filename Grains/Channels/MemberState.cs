using Bayou.Grains.Channels.Log;
using Bayou.Grains.Interfaces.Identity;
using Bayou.Records;

namespace Bayou.Grains.Channels;

/// <summary>A receiver of a subscription as the channel's log knows it.</summary>
public sealed record MemberState
{
    public required MemberId Id { get; init; }

    public required ClientId Client { get; init; }

    public required SessionEpoch Session { get; init; }

    public required string Inbox { get; init; }

    public required ulong AckSecret { get; init; }

    public required int MaxInFlight { get; init; }

    public required TimeSpan AckWait { get; init; }

    /// <summary>Where the member sends its acks.</summary>
    public AckInbox AckInboxOf(GroupId group, ulong subscription) => new(new SubscriptionId(group, subscription), AckSecret);

    internal static MemberState From(MemberRecord record) => new()
    {
        Id = new MemberId(record.Id),
        Client = new ClientId(record.ClientId),
        Session = new SessionEpoch(record.SessionEpoch),
        Inbox = record.Inbox,
        AckSecret = record.AckSecret,
        MaxInFlight = record.MaxInFlight,
        AckWait = TimeSpan.FromSeconds(record.AckWaitSeconds),
    };

    internal MemberRecord ToRecord() => new()
    {
        Id = Id.Value,
        ClientId = Client.Value,
        SessionEpoch = Session.Value,
        Inbox = Inbox,
        AckSecret = AckSecret,
        MaxInFlight = MaxInFlight,
        AckWaitSeconds = (int)AckWait.TotalSeconds,
    };
}
