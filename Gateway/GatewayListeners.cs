using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace Bayou.Gateway;

/// <summary>
/// The sockets on which the server listens. Kestrel accepts from them; this opens them, so that it is known where they really are, and
/// that one can be closed while the others stay.
/// </summary>
internal sealed class GatewayListeners(ConfiguredEndpoints configured, SocketTransportFactory sockets)
    : IConnectionListenerFactory, IConnectionListenerFactorySelector
{
    private readonly TaskCompletionSource<IConnectionListener> _client = NewSource();
    private readonly TaskCompletionSource<IConnectionListener> _monitoring = NewSource();
    private readonly TaskCompletionSource<IConnectionListener> _cluster = NewSource();

    /// <summary>The listener for clients, once it is open.</summary>
    public Task<IConnectionListener> Client => _client.Task;

    /// <inheritdoc cref="Client"/>
    public Task<IConnectionListener> Monitoring => _monitoring.Task;

    /// <inheritdoc cref="Client"/>
    public Task<IConnectionListener> Cluster => _cluster.Task;

    public bool CanBind(EndPoint endpoint) => sockets.CanBind(endpoint);

    public async ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        IConnectionListener listener = await sockets.BindAsync(endpoint, cancellationToken);
        if (ReferenceEquals(endpoint, configured.Client)) _client.TrySetResult(listener);
        else if (ReferenceEquals(endpoint, configured.Monitoring)) _monitoring.TrySetResult(listener);
        else if (ReferenceEquals(endpoint, configured.Cluster)) _cluster.TrySetResult(listener);
        return listener;
    }

    private static TaskCompletionSource<IConnectionListener> NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
