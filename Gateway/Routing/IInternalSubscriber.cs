using Bayou.Gateway.Connections;

namespace Bayou.Gateway.Routing;

/// <summary>A part of this server that receives messages as if it were a client.</summary>
/// <remarks>Both methods run on the read loop of the publisher and must neither block nor throw.</remarks>
public interface IInternalSubscriber
{
    /// <summary>Takes one message. Its spans are valid only during the call.</summary>
    void OnMessage(in PublishedMessage message);

    /// <summary>
    /// Called once after each read of a connection in which <see cref="OnMessage"/> was called at least once:
    /// the moment to act on everything that arrived together.
    /// </summary>
    void OnReadCompleted(Connection publisher);
}
