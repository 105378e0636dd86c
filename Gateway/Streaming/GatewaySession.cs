using System.Collections.Concurrent;
using Bayou.Grains.Interfaces.Identity;

namespace Bayou.Gateway.Streaming;

/// <summary>A session that this gateway knows to be open, until it is told otherwise.</summary>
internal sealed class GatewaySession(ClientId client, SessionEpoch epoch, ConnId connId)
{
    public ClientId Client { get; } = client;

    public SessionEpoch Epoch { get; } = epoch;

    public ConnId ConnId { get; } = connId;

    /// <summary>Channels of which the session's grain knows that there are subscriptions.</summary>
    public ConcurrentDictionary<ChannelName, bool> Channels { get; } = new();
}
