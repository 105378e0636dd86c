using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;

namespace Bayou.Gateway;

/// <summary>
/// The sockets on which the server listens. Kestrel accepts from them; this opens them, so that it is known where they really are, and
/// that one can be closed while the others stay.
/// </summary>
internal sealed class GatewayListeners(
    ConfiguredEndpoints configured, SocketTransportFactory sockets, ConnectionRoom room, TimeProvider time, ILogger<PatientListener> logger)
    : IConnectionListenerFactory, IConnectionListenerFactorySelector
{
    private readonly TaskCompletionSource<IConnectionListener> _client = NewSource();
    private readonly TaskCompletionSource<IConnectionListener> _monitoring = NewSource();
    private readonly TaskCompletionSource<IConnectionListener> _cluster = NewSource();
    private readonly TaskCompletionSource<IConnectionListener> _dashboard = NewSource();

    /// <summary>The listener for clients, once it is open.</summary>
    public Task<IConnectionListener> Client => _client.Task;

    /// <inheritdoc cref="Client"/>
    public Task<IConnectionListener> Monitoring => _monitoring.Task;

    /// <inheritdoc cref="Client"/>
    public Task<IConnectionListener> Cluster => _cluster.Task;

    /// <inheritdoc cref="Client"/>
    public Task<IConnectionListener> Dashboard => _dashboard.Task;

    public bool CanBind(EndPoint endpoint) => sockets.CanBind(endpoint);

    public async ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        TaskCompletionSource<IConnectionListener>? known = Find(endpoint);
        try
        {
            IConnectionListener listener = await sockets.BindAsync(endpoint, cancellationToken);
            if (known is null) return listener;
            listener = new PatientListener(listener, KindOf(endpoint), room, time, logger);
            known.TrySetResult(listener);
            return listener;
        }
        catch (Exception exception) when (exception is AddressInUseException or SocketException)
        {
            // Whoever waits for a listener learns it at once, however long the rest of the host takes to start: the others are not opened any more.
            var failure = new IOException($"Failed to bind to address {endpoint}: {exception.Message}", exception);
            foreach (TaskCompletionSource<IConnectionListener> waited in (TaskCompletionSource<IConnectionListener>[])[_client, _monitoring, _cluster, _dashboard])
            {
                waited.TrySetException(failure);
            }

            throw;
        }
    }

    private TaskCompletionSource<IConnectionListener>? Find(EndPoint endpoint) =>
        ReferenceEquals(endpoint, configured.Client) ? _client
        : ReferenceEquals(endpoint, configured.Monitoring) ? _monitoring
        : ReferenceEquals(endpoint, configured.Cluster) ? _cluster
        : ReferenceEquals(endpoint, configured.Dashboard) ? _dashboard
        : null;

    /// <summary>As nats-server's log calls those who connect there.</summary>
    private string KindOf(EndPoint endpoint) =>
        ReferenceEquals(endpoint, configured.Monitoring) ? "Monitoring"
        : ReferenceEquals(endpoint, configured.Cluster) ? "Route"
        : ReferenceEquals(endpoint, configured.Dashboard) ? "Dashboard"
        : "Client";

    private static TaskCompletionSource<IConnectionListener> NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
