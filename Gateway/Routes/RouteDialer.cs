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

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Dial> _dials = new(StringComparer.OrdinalIgnoreCase);
    private readonly ReceiveBufferPool _pool = new();

    /// <summary>Keeps a route to a server that the configuration names.</summary>
    public void DialConfigured(RouteUrl url, CancellationToken stopping) => Begin(url, isConfigured: true, stopping);

    /// <summary>Makes a route to a server that was heard of; one that is being dialed already is not given up before another attempt.</summary>
    public void DialHeardOf(RouteUrl url, CancellationToken stopping) => Begin(url, isConfigured: false, stopping);

    /// <summary>Completes when nothing is being dialed any more and the routes that were dialed have ended.</summary>
    public Task WhenDoneAsync()
    {
        lock (_gate) return Task.WhenAll(_dials.Values.Select(static dial => dial.Running));
    }

    public void Dispose() => _pool.Dispose();

    private void Begin(RouteUrl url, bool isConfigured, CancellationToken stopping)
    {
        lock (_gate)
        {
            if (_dials.TryGetValue(url.Address, out Dial? known))
            {
                known.IsWanted = true;
                return;
            }

            var dial = new Dial(url, isConfigured);
            _dials.Add(url.Address, dial);
            dial.Running = RunAsync(dial, stopping);
        }
    }

    /// <summary>Whether nobody has asked for the server again; then it is not dialed any more.</summary>
    private bool TryEnd(Dial dial)
    {
        lock (_gate)
        {
            bool isWanted = dial.IsWanted;
            dial.IsWanted = false;
            return !isWanted && _dials.Remove(dial.Url.Address);
        }
    }

    private async Task RunAsync(Dial dial, CancellationToken stopping)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            do
            {
                await KeepAsync(dial, stopping);
            }
            while (!TryEnd(dial));
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The server stops.
        }
        catch (Exception e)
        {
            LogDialingFailed(logger, dial.Url, e);
        }
    }

    private async Task KeepAsync(Dial dial, CancellationToken stopping)
    {
        var backoff = new Backoff(FirstPause, LongestPause, Random.Shared);
        int failures = 0;
        while (dial.IsConfigured || failures <= options.ConnectRetries)
        {
            Socket? socket = await TryConnectAsync(dial.Url, failures + 1, stopping);
            if (socket is null)
            {
                failures++;
            }
            else
            {
                long start = time.GetTimestamp();
                RouteConnection route = await RunRouteAsync(socket, dial, stopping);
                if (route.Remote?.ServerId == identity.Id) return;
                bool isDuplicate = route.ClosedReason == ClosedReason.DuplicateRoute;
                if (isDuplicate) await mesh.WhenLostAsync(route.Remote!.ServerId).WaitAsync(stopping);

                // A server that answers is there, so it is dialed again; but not at once if it soon changed its mind.
                failures = route.Remote is null ? failures + 1 : 0;
                if (isDuplicate || time.GetElapsedTime(start) > LongestPause) backoff.Reset();
            }

            await Task.Delay(backoff.Next(), time, stopping);
        }
    }

    private async Task<RouteConnection> RunRouteAsync(Socket socket, Dial dial, CancellationToken stopping)
    {
        await using var transport = new DialedTransport(socket, _pool);
        return await factory.RunAsync(transport, dial.Url, dial.IsConfigured, stopping);
    }

    private async Task<Socket?> TryConnectAsync(RouteUrl url, int attempt, CancellationToken stopping)
    {
        Socket? socket = null;
        try
        {
            IPAddress address = await ResolveAsync(url.Host, stopping);
            LogDialing(logger, url.Address, address);
            socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            using var timeout = new CancellationTokenSource(DialTimeout, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, stopping);
            await socket.ConnectAsync(new IPEndPoint(address, url.Port), either.Token);
            return socket;
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            socket?.Dispose();
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

    /// <summary>A server that is being dialed, or that was and has a route.</summary>
    private sealed class Dial(RouteUrl url, bool isConfigured)
    {
        public RouteUrl Url { get; } = url;

        public bool IsConfigured { get; } = isConfigured;

        /// <summary>Whether it was heard of again since the last look. Guarded by the dialer's lock.</summary>
        public bool IsWanted { get; set; }

        public Task Running { get; set; } = Task.CompletedTask;
    }
}
