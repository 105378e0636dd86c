using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Bayou.Gateway.Connections;
using Microsoft.Extensions.Logging;

namespace Bayou.Gateway.Routes;

/// <summary>
/// Dials other servers, and dials them again when the route is lost: those that the configuration names for ever, those that it heard
/// of as often as <see cref="ClusterOptions.ConnectRetries"/> allows.
/// </summary>
internal sealed partial class RouteDialer(
    RouteMesh mesh, RouteConnectionFactory factory, ServerIdentity identity, ClusterOptions options, TimeProvider time, ILogger<RouteMesh> logger)
    : IDisposable
{
    private static readonly TimeSpan DialTimeout = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    /// <summary>After the first attempt that failed, one in so many is worth a line that everybody sees.</summary>
    private const int AttemptsPerReport = 3600;

    private readonly ConcurrentDictionary<string, Task> _dialing = new(StringComparer.OrdinalIgnoreCase);
    private readonly ReceiveBufferPool _pool = new();

    /// <summary>Keeps a route to a server that the configuration names.</summary>
    public void DialConfigured(RouteUrl url, CancellationToken stopping) => Dial(url, isConfigured: true, stopping);

    /// <summary>Makes a route to a server that was heard of, unless it is being dialed already.</summary>
    public void DialHeardOf(RouteUrl url, CancellationToken stopping) => Dial(url, isConfigured: false, stopping);

    /// <summary>Completes when nothing is being dialed any more and the routes that were dialed have ended.</summary>
    public Task WhenDoneAsync() => Task.WhenAll(_dialing.Values);

    public void Dispose() => _pool.Dispose();

    private void Dial(RouteUrl url, bool isConfigured, CancellationToken stopping)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (!_dialing.TryAdd(url.Address, started.Task)) return;
        _dialing[url.Address] = RunAsync(url, isConfigured, stopping);
        started.SetResult();
    }

    private async Task RunAsync(RouteUrl url, bool isConfigured, CancellationToken stopping)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            await KeepAsync(url, isConfigured, stopping);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The server stops.
        }
        catch (Exception e)
        {
            LogDialingFailed(logger, url, e);
        }
        finally
        {
            _dialing.TryRemove(url.Address, out _);
        }
    }

    private async Task KeepAsync(RouteUrl url, bool isConfigured, CancellationToken stopping)
    {
        var backoff = new Backoff(FirstPause, LongestPause, Random.Shared);
        int failures = 0;
        while (isConfigured || failures <= options.ConnectRetries)
        {
            Socket? socket = await TryConnectAsync(url, failures + 1, stopping);
            if (socket is null)
            {
                failures++;
            }
            else
            {
                long start = time.GetTimestamp();
                RouteConnection route = await RunRouteAsync(socket, url, isConfigured, stopping);
                if (route.Remote?.ServerId == identity.Id) return;
                bool isDuplicate = route.ClosedReason == ClosedReason.DuplicateRoute;
                if (isDuplicate) await mesh.WhenLostAsync(route.Remote!.ServerId).WaitAsync(stopping);

                // A server that lets one in and then changes its mind is no better than one that is not there.
                bool hasLasted = isDuplicate || time.GetElapsedTime(start) > LongestPause;
                failures = hasLasted ? 0 : failures + 1;
                if (hasLasted) backoff.Reset();
            }

            await Task.Delay(backoff.Next(), time, stopping);
        }
    }

    private async Task<RouteConnection> RunRouteAsync(Socket socket, RouteUrl url, bool isConfigured, CancellationToken stopping)
    {
        await using var transport = new DialedTransport(socket, _pool);
        return await factory.RunAsync(transport, url, isConfigured, stopping);
    }

    private async Task<Socket?> TryConnectAsync(RouteUrl url, int attempt, CancellationToken stopping)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            IPAddress address = await ResolveAsync(url.Host, stopping);
            LogDialing(logger, url.Address, address);
            using var timeout = new CancellationTokenSource(DialTimeout, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, stopping);
            await socket.ConnectAsync(new IPEndPoint(address, url.Port), either.Token);
            return socket;
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            socket.Dispose();
            stopping.ThrowIfCancellationRequested();
            string reason = e is SocketException ? e.Message : "no answer in time";
            if (attempt == 1 || attempt % AttemptsPerReport == 0) LogConnectFailed(logger, url, attempt, reason);
            else LogConnectFailedAgain(logger, url, attempt, reason);
            return null;
        }
    }

    /// <summary>One of the addresses of a host, so that a name that stands for many servers leads to each of them sooner or later.</summary>
    private static async Task<IPAddress> ResolveAsync(string host, CancellationToken stopping)
    {
        if (IPAddress.TryParse(host, out IPAddress? address)) return address;
        IPAddress[] addresses = await Dns.GetHostAddressesAsync(host, stopping);
        return addresses.Length > 0 ? addresses[Random.Shared.Next(addresses.Length)] : throw new SocketException((int)SocketError.HostNotFound);
    }
}
