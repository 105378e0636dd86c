using Bayou.Grains.Channels;
using Bayou.Grains.Interfaces.Identity;
using Bayou.Grains.Subscriptions;

namespace Bayou.Unit.Grains.Subscriptions;

/// <summary>Builds what the tests of the delivery plan need.</summary>
internal static class Plans
{
    public static PlannedMember NewMember(ulong id, int maxInFlight = 10, double ackWaitSeconds = 1) => new(new MemberState
    {
        Id = new MemberId(id),
        Client = new ClientId($"client-{id}"),
        Session = new SessionEpoch(1),
        Inbox = $"_INBOX.{id}",
        AckSecret = id,
        MaxInFlight = maxInFlight,
        AckWait = TimeSpan.FromSeconds(ackWaitSeconds),
    })
    {
        IsStarted = true,
    };

    /// <summary>Pushes everything planned for a member; the sequences and their redelivery counts.</summary>
    public static List<(ulong Sequence, uint Count)> PushAll(this DeliveryPlan plan, PlannedMember member, long now, int most = int.MaxValue)
    {
        var pushed = new List<(ulong, uint)>();
        while (pushed.Count < most && plan.TryPeek(member, out ulong sequence, out uint count))
        {
            plan.Take(member, now);
            pushed.Add((sequence, count));
        }

        return pushed;
    }
}
