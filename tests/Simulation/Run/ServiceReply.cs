using Bayou.Grains.Interfaces.Messages;

namespace Bayou.Simulation.Run;

/// <summary>What a silo answers to a subscriber, or to an operator.</summary>
/// <param name="IsServed">It leads the channel and did what was asked for; otherwise nobody knows.</param>
/// <param name="Result">The answer to a request to subscribe.</param>
/// <param name="Leader">Who leads the channel, if it is another silo and known.</param>
public readonly record struct ServiceReply(bool IsServed, SubscribeResult? Result = null, string? Leader = null)
{
    public static ServiceReply Served { get; } = new(IsServed: true);

    public static ServiceReply Elsewhere(string? leader) => new(IsServed: false, Leader: leader);
}
