using Bayou.Grains.Interfaces.Identity;
using Bayou.Grains.Interfaces.Messages;

namespace Bayou.Grains.Interfaces;

/// <summary>
/// A subscription, or a queue group with its members: sends committed messages, takes acks, sends again. The key is
/// <see cref="SubscriptionId.ToGrainKey"/>.
/// </summary>
[Alias("Bayou.ISubscriptionGrain")]
public interface ISubscriptionGrain : IGrainWithStringKey
{
    /// <summary>Lets a member receive; called after its client was told that it is subscribed.</summary>
    [Alias("Start")]
    Task StartAsync(MemberId member);

    /// <summary>Answered when the acks are queued; they are in the log at the latest before a later request changes the members.</summary>
    [Alias("Ack")]
    Task AckAsync(AckBatch acks);

    /// <summary>Live figures for the monitoring pages, by member.</summary>
    [Alias("Inspect")]
    Task<SubscriptionFigures> InspectAsync();
}
