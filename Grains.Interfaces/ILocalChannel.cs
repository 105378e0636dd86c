using Bayou.Grains.Interfaces.Messages;

namespace Bayou.Grains.Interfaces;

/// <summary>A channel with a replica in this process, for the gateway in the same process.</summary>
public interface ILocalChannel
{
    /// <summary>
    /// Queues a record batch under the rules of <see cref="IChannelGrain.PublishAsync"/>. Nothing may happen before
    /// <see cref="Run"/>, which is to be called without holding a lock. Continuations
    /// run on the replica's worker where it leads.
    /// </summary>
    Task<PublishResult> Enqueue(BatchBytes batch);

    /// <summary>Works off what was queued, on this thread if nobody else is at it.</summary>
    void Run();
}
