using Bayou.Grains.Interfaces.Messages;
using Bayou.Grains.Subscriptions;
using Bayou.Simulation.Engine;
using Bayou.Simulation.Run;

namespace Bayou.Simulation.Network;

/// <summary>
/// The way from silos to the inboxes of clients. A delivery arrives sooner than a channel could get another leader, and not at all once its
/// process has ended: it goes through the gateway of that process. Now and then a gateway is lost with it, or with its answer.
/// </summary>
public sealed class VirtualInboxes(EventLoop loop, VirtualNetwork network, RunStatistics statistics, Random random)
{
    private readonly Dictionary<string, Action<string, byte[]>> _listeners = new(StringComparer.Ordinal);

    /// <summary>Part of the deliveries that are lost on their way, or whose answers are.</summary>
    public double LossRate { get; set; }

    /// <summary>Someone listens on an inbox, and is told who sends, and what: entries of a <see cref="DeliveryBuffer"/>.</summary>
    public void Listen(string inbox, Action<string, byte[]> onDelivery) => _listeners[inbox] = onDelivery;

    public void Desert(string inbox) => _listeners.Remove(inbox);

    internal Task<DeliveryAnswer> DeliverAsync(string silo, VirtualProcess process, Delivery delivery)
    {
        var answer = new TaskCompletionSource<DeliveryAnswer>(TaskCreationOptions.RunContinuationsAsynchronously);
        var messages = delivery.Messages.Bytes.ToArray();
        loop.Schedule(network.Conditions.MinDelay, () =>
        {
            if (process.IsAlive)
            {
                var outcome = Arrive(silo, delivery.Inbox, messages);
                process.Schedule(network.Conditions.MinDelay, () => answer.SetResult(outcome));
            }
        });
        return answer.Task;
    }

    private DeliveryAnswer Arrive(string silo, string inbox, byte[] messages)
    {
        if (!_listeners.TryGetValue(inbox, out var onDelivery))
        {
            statistics.Count(Happening.InboxDeserted);
            return DeliveryAnswer.NoInterest;
        }

        var isLost = LossRate > 0 && random.NextDouble() < LossRate;
        if (!isLost || random.Next(2) == 0)
        {
            onDelivery(silo, messages);
        }

        if (isLost)
        {
            statistics.Count(Happening.DeliveryLost);
        }

        return isLost ? DeliveryAnswer.GatewayLost : DeliveryAnswer.Delivered;
    }
}
