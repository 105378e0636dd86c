using Bayou.Checker;
using Bayou.Grains.Interfaces.Messages;

namespace Bayou.Simulation.Workload;

/// <summary>A message as a subscriber gets it.</summary>
internal readonly record struct GivenMessage(ulong Sequence, Value Value, ulong Hash, bool IsRedelivered)
{
    /// <summary>What is in a delivery.</summary>
    public static List<GivenMessage> AllOf(ReadOnlySpan<byte> delivery)
    {
        var messages = new List<GivenMessage>();
        while (DeliveryBuffer.TryTake(ref delivery, out var message))
        {
            messages.Add(new GivenMessage(message.Sequence, Payload.ValueOf(message.Payload), Payload.HashOf(message.Payload), message.RedeliveryCount > 0));
        }

        return messages;
    }
}
