using System.Net;
using Microsoft.AspNetCore.Connections;

namespace Bayou.Gateway;

/// <summary>Where the server really listens, which matters where the system chose a port. Known once the host has started.</summary>
public sealed class GatewayEndpoints
{
    private readonly GatewayListeners _listeners;

    private readonly ConfiguredEndpoints _configured;

    internal GatewayEndpoints(GatewayListeners listeners, ConfiguredEndpoints configured) => (_listeners, _configured) = (listeners, configured);

    /// <summary>For clients.</summary>
    public IPEndPoint Client => Find(_listeners.Client) ?? throw new InvalidOperationException("The host has not started.");

    /// <summary>For monitoring; null where it is not configured.</summary>
    public IPEndPoint? Monitoring => Find(_listeners.Monitoring);

    /// <summary>For other servers of the cluster; null where there is none.</summary>
    public IPEndPoint? Cluster => Find(_listeners.Cluster);

    /// <summary>For Orleans' dashboard; null where it is not configured.</summary>
    public IPEndPoint? Dashboard => Find(_listeners.Dashboard);

    /// <summary>Ends when every configured listener is open.</summary>
    public Task ListeningAsync() => Task.WhenAll(
        _listeners.Client,
        _configured.Monitoring is null ? Task.CompletedTask : _listeners.Monitoring,
        _configured.Cluster is null ? Task.CompletedTask : _listeners.Cluster,
        _configured.Dashboard is null ? Task.CompletedTask : _listeners.Dashboard);

    private static IPEndPoint? Find(Task<IConnectionListener> listener) =>
        listener.IsCompletedSuccessfully ? listener.Result.EndPoint as IPEndPoint : null;
}
