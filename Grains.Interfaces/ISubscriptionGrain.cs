using Bayou.Grains.Interfaces.Identity;
using Bayou.Grains.Interfaces.Messages;

namespace Bayou.Grains.Interfaces;

/// <summary>
/// A subscription, or a queue group with its members: sends committed messages, takes acks, sends again. The key is
/// <see cref="SubscriptionId.ToGrainKey"/>. What must survive lies in the channel's log; the grain holds timers and what is in
/// flight, and reads the rest when it is activated.
/// </summary>
[Alias("Bayou.ISubscriptionGrain")]
public interface ISubscriptionGrain : IGrainWithStringKey
{
    /// <summary>Takes over the members as the channel's log has them now; members that are new do not receive yet.</summary>
    [Alias("Refresh")]
    Task RefreshAsync();

    /// <summary>Lets a member receive; called after its client was told that it is subscribed.</summary>
    [Alias("Start")]
    Task StartAsync(MemberId member);

    /// <summary>Starts every member: for subscriptions that were there before this process.</summary>
    [Alias("Resume")]
    Task ResumeAsync();

    [Alias("Ack")]
    Task AckAsync(AckBatch acks);

    /// <summary>Answered once every ack taken so far is in the channel's log.</summary>
    [Alias("Flush")]
    Task FlushAsync();

    [Alias("SetClientHealth")]
    Task SetClientHealthAsync(ClientId client, bool answers);

    /// <summary>Live figures for the monitoring pages, by member.</summary>
    [Alias("Inspect")]
    Task<SubscriptionFigures> InspectAsync();
}
