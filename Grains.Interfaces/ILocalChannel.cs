using Bayou.Grains.Interfaces.Messages;

namespace Bayou.Grains.Interfaces;

/// <summary>A channel in this process, for the gateway in the same process.</summary>
public interface ILocalChannel
{
    /// <summary>
    /// Queues a record batch under the rules of <see cref="IChannelGrain.PublishAsync"/>. Nothing may happen before
    /// <see cref="Run"/>, which is to be called without holding a lock. Continuations run on the replica's worker.
    /// </summary>
    Task<PublishResult> Enqueue(BatchBytes batch);

    /// <summary>Works off what was queued, on this thread if nobody else is at it.</summary>
    void Run();
}
